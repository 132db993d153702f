"""How dates are written: the same in every page, without a.m. and p.m."""
