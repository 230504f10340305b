"""Checks of the settings that list addresses. Each returns the text or raises ValueError."""

import re
from collections.abc import Iterator
from gettext import gettext as _
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]+)?")


def check_nodes(text: str) -> str:
    """Returns a list of the nodes of a cluster."""
    urls = list(split_list(text))
    if not urls or not all(map(_is_node, urls)):
        raise ValueError(
            _("is no list of addresses; write each with scheme and port: http://127.0.0.1:9200.")
        )
    return text


def check_origins(text: str) -> str:
    """Returns a list of origins of web pages."""
    for each in split_list(text):
        if not _ORIGIN.fullmatch(each):
            raise ValueError(
                _(
                    'has "{each}", which is no origin; write https:// and a host name, '
                    "without a path."
                ).format(each=each)
            )
    return text


def check_networks(text: str) -> str:
    """Returns a list of addresses and networks."""
    for each in split_list(text):
        try:
            ip_network(each, strict=False)
        except ValueError:
            raise ValueError(
                _(
                    'has "{each}", which is no address or network; write 10.0.0.5 or 10.0.0.0/24.'
                ).format(each=each)
            ) from None
    return text


def read_networks(text: str) -> tuple[Network, ...]:
    """Returns the networks of a checked list; a single address is a network of one."""
    return tuple(ip_network(each, strict=False) for each in split_list(text))


def split_list(text: str) -> Iterator[str]:
    """Yields the parts of a list separated by commas, without empty ones."""
    return filter(None, map(str.strip, text.split(",")))


def _is_node(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname and parts.port)
    except ValueError:
        return False
