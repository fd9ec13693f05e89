"""Which addresses anybody on the internet has: what somebody typed must never lead into our own network (NET-1)."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network

# Addresses of IPv6 that carry one of IPv4 inside: where they lead, only their network knows.
CARRIERS = (
    IPv6Network("64:ff9b::/96"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("2002::/16"),
    IPv6Network("2001::/32"),
)

Address = IPv4Address | IPv6Address


def is_public(address: Address) -> bool:
    """Whether anybody on the internet has that address.

    >>> from ipaddress import ip_address
    >>> [is_public(ip_address(text)) for text in ("93.184.216.34", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1")]
    [True, False, False, False]
    >>> [is_public(ip_address(text)) for text in ("100.64.0.1", "224.0.0.1", "64:ff9b:1::a00:1", "2002:7f00:1::1", "fd00::1")]
    [False, False, False, False, False]
    """
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in carrier for carrier in CARRIERS):
            return False
    return address.is_global and not address.is_multicast
