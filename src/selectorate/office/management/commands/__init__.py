"""Commands of the site, each a module."""
