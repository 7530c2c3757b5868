"""The storeroom: the only SQL, and the only knowledge of where image files lie.

Functions take a connection (``with store.writing() as conn``) so that a journey can put several of them into one
transaction.
"""
