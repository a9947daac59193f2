"""One module for each object of the API; every `ROUTES` in here is found and served."""
