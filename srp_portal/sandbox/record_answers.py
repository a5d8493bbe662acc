"""What the operations answer that are walked by pages, by a cursor or from an id on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from srp_portal.sandbox.calls import Call, RefusalError, page_from_id, page_of
from srp_portal.sandbox.killmails import wire_time
from srp_portal.sandbox.records import stretch
from srp_portal.sandbox.universe import Universe

_STATION, _SYSTEM = 60003760, 30000142
_TYPES = (34, 587, 2048, 3841, 12608)
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
# Entries repeat their times after so many: a listing may have ten million.
_MINUTES = 100_000


class RecordAnswers:
    """A method for each operation: takes the call, gives what becomes JSON, raises RefusalError."""

    universe: Universe

    def projects(self, call: Call) -> Any:
        """`GET /corporations/{corporation_id}/projects`, oldest change first, by cursor."""
        state = call.query.get("state", "Active")
        if state not in {"All", "Active"}:
            raise RefusalError(400, "state is All or Active")
        found = [
            each
            for each in self._of_corporation(call, "projects")
            if state == "All" or each.body["state"] == state
        ]
        return stretch(call, "projects", found)

    def project_contributors(self, call: Call) -> Any:
        """`GET /corporations/{corporation_id}/projects/{project_id}/contributors`, by cursor."""
        self._check(call, "projects", call.parameters["project_id"])
        return stretch(call, "contributors", self.universe.listings.records("contributors").all())

    def freelance_jobs(self, call: Call) -> Any:
        """`GET /freelance-jobs`, of everybody or of one corporation, by cursor."""
        wanted = call.query.get("corporation_id", "")
        found = [
            each
            for each in self.universe.listings.records("freelance-jobs").all()
            if wanted in {"", str(each.corporation_id)}
        ]
        return stretch(call, "freelance_jobs", found)

    def corporation_freelance_jobs(self, call: Call) -> Any:
        """`GET /corporations/{corporation_id}/freelance-jobs`, by cursor."""
        return stretch(call, "freelance_jobs", self._of_corporation(call, "freelance-jobs"))

    def freelance_job_participants(self, call: Call) -> Any:
        """`GET /corporations/{corporation_id}/freelance-jobs/{job_id}/participants`, by cursor."""
        self._check(call, "freelance-jobs", call.parameters["job_id"])
        return stretch(call, "participants", self.universe.listings.records("participants").all())

    def character_transactions(self, call: Call) -> Any:
        """`GET /characters/{character_id}/wallet/transactions`, newest first."""
        return [{**each, "is_personal": True} for each in self._transactions(call)]

    def corporation_transactions(self, call: Call) -> Any:
        """`GET /corporations/{corporation_id}/wallets/{division}/transactions`, newest first."""
        return self._transactions(call)

    def market_orders(self, call: Call) -> Any:
        """`GET /markets/{region_id}/orders`, newest first, of the kind and type that is asked."""
        if call.id("region_id") not in self.universe.atlas.regions:
            raise RefusalError(404, "Region not found!")
        kind, type_id = call.query.get("order_type", "all"), call.query.get("type_id", "")
        if kind not in {"all", "buy", "sell"}:
            raise RefusalError(400, "order_type is all, buy or sell")
        numbers = self.universe.listings.numbers("orders")
        if kind == "all" and not type_id:
            return [_order(number) for number in page_of(call, numbers)]
        orders = [
            order
            for order in map(_order, numbers)
            if kind in {"all", "buy" if order["is_buy_order"] else "sell"}
            and type_id in {"", str(order["type_id"])}
        ]
        return page_of(call, orders)

    def assets(self, call: Call) -> Any:
        """`GET /characters/{character_id}/assets`; everybody owns other items."""
        first = call.id("character_id") % 1_000_000 * 1_000_000
        return [
            {
                "is_singleton": False,
                "item_id": first + number,
                "location_flag": "Hangar",
                "location_id": _STATION,
                "location_type": "station",
                "quantity": 1 + number % 100,
                "type_id": _TYPES[number % len(_TYPES)],
            }
            for number in page_of(call, self.universe.listings.numbers("assets"))
        ]

    def _of_corporation(self, call: Call, name: str) -> list[Any]:
        wanted = call.id("corporation_id")
        records = self.universe.listings.records(name).all()
        return [each for each in records if each.corporation_id == wanted]

    def _check(self, call: Call, name: str, record_id: str) -> None:
        if all(each.body["id"] != record_id for each in self._of_corporation(call, name)):
            raise RefusalError(404, "Not found in that corporation")

    def _transactions(self, call: Call) -> list[dict[str, Any]]:
        return [
            {
                "client_id": 2_113_000_000 + number % 50,
                "date": _time(number),
                "is_buy": number % 3 == 0,
                "journal_ref_id": number + 9_000_000_000,
                "location_id": _STATION,
                "quantity": 1 + number % 20,
                "transaction_id": number,
                "type_id": _TYPES[number % len(_TYPES)],
                "unit_price": 1000.5 + number % 100,
            }
            for number in page_from_id(call, self.universe.listings.numbers("transactions"))
        ]


def _order(number: int) -> dict[str, Any]:
    return {
        "duration": 90,
        "is_buy_order": number % 2 == 0,
        "issued": _time(number),
        "location_id": _STATION,
        "min_volume": 1,
        "order_id": number,
        "price": 4.0 + number % 1000,
        "range": "region",
        "system_id": _SYSTEM,
        "type_id": _TYPES[number % len(_TYPES)],
        "volume_remain": 10 + number % 50,
        "volume_total": 100,
    }


def _time(number: int) -> str:
    return wire_time(_BEGIN + timedelta(minutes=number % _MINUTES))
