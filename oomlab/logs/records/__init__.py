"""How each kind of record is read: where it begins, which lines belong to it, what it says."""
