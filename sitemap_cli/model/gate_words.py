"""Words in the URLs of logins, and of pages that ask for consent to cookies or for the age.

They are patterns, to be used with borders. The lists are our own judgement.
"""

LOGIN = "(?:log-?in|sign-?in|sso|oauth2?|saml2?|auth|authenticate|authorize|anmelden|connexion|wp-login)"
CONSENT = (
    "(?:(?:collect-?)?consent|cookie-?(?:wall|consent|check)|gdpr|privacy-?gate"
    "|age-?(?:gate|check|verification))"
)
