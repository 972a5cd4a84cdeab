"""The validating proxy: a live server behind the same journal and control as the mock's."""
