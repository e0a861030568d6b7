"""Stage 2, warn: what threatens, when, how likely, and who is hurt.

`drivers` draws the uncertain inputs, `rules` reads what counts as a threat, `threats` judges ensembles and
observations by the rules, `register` orders what was found.
"""
