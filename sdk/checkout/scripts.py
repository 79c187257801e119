"""
The files that browsers load: for merchants' pages under stable and immutable names, for our own pages below `/assets`.
"""

from quart import Blueprint, Response, request

from sdk.checkout.assets import Asset, Assets
from sdk.checkout.policies import ASSET, CLOSED_CSP

_IMMUTABLE = "public, max-age=31536000, immutable"
#: The stable name is asked for again after five minutes, and then costs a 304.
_REVALIDATED = "public, max-age=300, must-revalidate"


def _response(asset: Asset, cache: str) -> Response:
    etag = f'"{asset.digest}"'
    headers = {
        **ASSET,
        "Cache-Control": cache,
        "Content-Security-Policy": CLOSED_CSP,
        "ETag": etag,
    }
    if request.headers.get("If-None-Match") == etag:
        return Response(b"", 304, headers)
    return Response(asset.content, 200, headers, content_type=asset.content_type)


def scripts(assets: Assets) -> Blueprint:
    """
    The routes of all static files.
    """
    routes = Blueprint("scripts", __name__)

    def serve(asset: Asset) -> None:
        def stable() -> Response:
            return _response(asset, _REVALIDATED)

        def immutable() -> Response:
            return _response(asset, _IMMUTABLE)

        routes.add_url_rule(f"/{asset.name}", f"stable {asset.name.replace('.', ' ')}", stable)
        routes.add_url_rule(
            asset.immutable_path, f"immutable {asset.name.replace('.', ' ')}", immutable
        )

    for asset in assets.sdk.values():
        serve(asset)

    @routes.get(f"/assets/{assets.digest}/<path:name>")
    async def own(name: str) -> Response:
        asset = assets.page.get(name)
        return _missing() if asset is None else _response(asset, _IMMUTABLE)

    return routes


def _missing() -> Response:
    body = b'{"error":{"code":"NOT_FOUND_ERROR","description":"There is no such file"}}'
    return Response(body, 404, content_type="application/json")
