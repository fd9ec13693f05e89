"""The mail providers that django-anymail speaks to without further packages, and what each needs from a company."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """Names of settings are anymail's. `name` is spelled as in its classes. `signing`: the key that signs its notices,
    if it signs them; without one, the secret in the address of the notices is what proves them."""

    code: str
    name: str
    key: str
    key_label: str
    user: str = ""
    user_label: str = ""
    domain: str = ""
    europe: str = ""
    signing: str = ""
    signing_label: str = ""
    keeps_our_id: bool = False


PROVIDERS = {
    one.code: one
    for one in (
        Provider("brevo", "Brevo", "api_key", "Clave de API (v3)"),
        Provider(
            "mailersend",
            "MailerSend",
            "api_token",
            "Token de API",
            signing="signing_secret",
            signing_label="Signing secret del webhook",
        ),
        Provider(
            "mailgun",
            "Mailgun",
            "api_key",
            "Clave de API",
            domain="sender_domain",
            europe="https://api.eu.mailgun.net/v3",
            signing="webhook_signing_key",
            signing_label="HTTP webhook signing key",
            keeps_our_id=True,
        ),
        Provider("mailjet", "Mailjet", "secret_key", "Clave secreta", user="api_key", user_label="Clave de API"),
        Provider(
            "mailtrap",
            "Mailtrap",
            "api_token",
            "Token de API",
            signing="signing_secret",
            signing_label="Signature secret del webhook",
        ),
        Provider("postmark", "Postmark", "server_token", "Server API token"),
        Provider("resend", "Resend", "api_key", "Clave de API"),
        Provider("sparkpost", "SparkPost", "api_key", "Clave de API", europe="https://api.eu.sparkpost.com/api/v1/"),
    )
}
EUROPE = "eu"
MARK = "amate"  # our name of a mail, as it rides in the provider's metadata
