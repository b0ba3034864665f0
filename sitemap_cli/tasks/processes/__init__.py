"""Processes that share the jobs of a batch or of the queue, under the process of the command."""
