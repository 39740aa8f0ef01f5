"""The GFP reference: masks by release, how they are written, what a request with one may do."""
