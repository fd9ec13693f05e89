"""Whose tries are counted together: an IPv4 address, or an IPv6 /64 (OUTSIDE GRD-4)."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address


def network_of(request: HttpRequest) -> str:
    """The visitor's network."""
    address = _visitor(request)
    if address is None:
        return "unknown"
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


def address_of(request: HttpRequest) -> str:
    """The visitor's address; the unspecified one (::) when nobody knows, as behind a socket without a trusted proxy."""
    return str(_visitor(request) or "::")


def _visitor(request: HttpRequest) -> Address | None:
    """X-Forwarded-For is believed only from a proxy that we were told to trust."""
    address = _address(request.META.get("REMOTE_ADDR", ""))
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while address is not None and _is_proxy(address) and hops:
        # From the right: each trusted proxy wrote down who came to it; what stands further left anybody can invent.
        before = _address(hops.pop())
        if before is None:
            break
        address = before
    return address


def _is_proxy(address: Address) -> bool:
    return any(address in ip_network(trusted, strict=False) for trusted in settings.TRUSTED_PROXIES)


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
