"""Finds every operation: the `ROUTES` of each module of this package. There is no list to maintain."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

import billform.simulator.bigcommerce as package
from billform.simulator.bigcommerce.shop import Route


class Router:
    """All operations, by version and path; a literal segment wins over a placeholder."""

    def __init__(self) -> None:
        self.routes: list[Route] = []
        self._by_shape: dict[tuple[str, ...], dict[str, Route]] = {}
        for module in pkgutil.iter_modules(package.__path__):
            if module.name in ("app", "routing", "control"):
                continue
            found = importlib.import_module(f"{package.__name__}.{module.name}")
            for route in getattr(found, "ROUTES", ()):
                self._add(route)

    def _add(self, route: Route) -> None:
        shape = tuple("{}" if part.startswith("{") else part for part in _parts(route.path))
        methods = self._by_shape.setdefault(shape, {})
        assert route.method not in methods, f"two operations for {route.method} {route.path}"
        methods[route.method] = route
        self.routes.append(route)

    def find(self, path: str) -> Mapping[str, Route]:
        """Answer the operations of a path by method; none when there is no such path."""
        parts = _parts(path)
        best: tuple[str, ...] | None = None
        for shape in self._by_shape:
            if len(shape) == len(parts) and all(want in ("{}", have) for want, have in zip(shape, parts, strict=True)):
                # Literal segments sort before placeholders; the leftmost difference decides.
                rank = [part == "{}" for part in shape]
                if best is None or rank < [part == "{}" for part in best]:
                    best = shape
        return self._by_shape[best] if best is not None else {}


def params_of(route: Route, path: str) -> dict[str, str]:
    """Answer what the placeholders of the route catch in the path."""
    pairs = zip(_parts(route.path), _parts(path), strict=True)
    return {want[1:-1]: have for want, have in pairs if want.startswith("{")}


def _parts(path: str) -> list[str]:
    return path.strip("/").split("/")
