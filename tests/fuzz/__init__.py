"""Lets a fuzzer make up documents, and checks that every promise of the readers is kept."""
