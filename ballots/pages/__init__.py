"""Pages of ballots, one module a part: the list, a draft, a running ballot, the vote."""
