"""Reads and writes files, in a folder or in an S3 bucket, and finds what AWS put there."""
