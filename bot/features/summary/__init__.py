"""The summary of a span of the diary, a picture with numbers: /summary, and by itself once a week."""
