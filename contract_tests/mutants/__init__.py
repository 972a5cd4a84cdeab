"""Wrong servers, to see that the suite finds them."""
