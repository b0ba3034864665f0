"""Rules of the family: Images, videos, news and languages."""
