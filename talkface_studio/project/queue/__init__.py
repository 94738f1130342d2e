"""The queue of dubs: one SQLite file that the editor, the command line and every runner share.

`store` is for whoever looks at the queue or changes it, `leases` for whoever does its jobs, `runner` does them one
after another, `workers` in warm processes and `cluster` on other machines.
"""
