"""Forecasters: methods that are fitted on a Panel up to a date and sample an Ensemble of what follows.

`interface` is what they share, `baselines` and `recency` are methods, `table` finds them by name, `backtest`
scores them on what they had not seen.
"""
