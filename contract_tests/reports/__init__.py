"""What is told of a judgement, and to whom; all of it from one stream of events."""
