"""selectorate: the election office of a party, a union or a society, as software."""

__version__ = "0.1.0"
