"""Everything a bare machine needs to run the whole system from one checkout: packages, PostgreSQL, Valkey, processes.

Only the standard library is imported here, because part of it runs before any package is installed.
"""
