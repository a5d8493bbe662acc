"""Resources and operations of ESI, for type checkers. Made, not written: see catalogue/stub.py."""

# Editors show these docstrings, there is no code that could hold them; names are those of ESI.
# ruff: noqa: A002, PYI021

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal, TypeAlias
from uuid import UUID

from srp_portal.esi.credentials import TokenSource
from srp_portal.esi.operations import Operation

Language: TypeAlias = Literal["en", "de", "fr", "ja", "ru", "zh", "ko", "es", "en-us"]

class AllianceOperations:
    def get_alliances(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /alliances"""

    GetAlliances = get_alliances

    def get_alliances_alliance_id(
        self,
        *,
        alliance_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /alliances/{alliance_id}"""

    GetAlliancesAllianceId = get_alliances_alliance_id

    def get_alliances_alliance_id_corporations(
        self,
        *,
        alliance_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /alliances/{alliance_id}/corporations"""

    GetAlliancesAllianceIdCorporations = get_alliances_alliance_id_corporations

    def get_alliances_alliance_id_icons(
        self,
        *,
        alliance_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /alliances/{alliance_id}/icons"""

    GetAlliancesAllianceIdIcons = get_alliances_alliance_id_icons

class AssetsOperations:
    def get_characters_character_id_assets(
        self,
        *,
        character_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/assets

        Scopes: esi-assets.read_assets.v1
        Paging: pages
        """

    GetCharactersCharacterIdAssets = get_characters_character_id_assets

    def get_corporations_corporation_id_assets(
        self,
        *,
        corporation_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/assets

        Scopes: esi-assets.read_corporation_assets.v1
        Paging: pages
        """

    GetCorporationsCorporationIdAssets = get_corporations_corporation_id_assets

    def post_characters_character_id_assets_locations(
        self,
        *,
        character_id: int,
        item_ids: Iterable[int],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /characters/{character_id}/assets/locations

        Scopes: esi-assets.read_assets.v1
        """

    PostCharactersCharacterIdAssetsLocations = post_characters_character_id_assets_locations

    def post_characters_character_id_assets_names(
        self,
        *,
        character_id: int,
        item_ids: Iterable[int],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /characters/{character_id}/assets/names

        Scopes: esi-assets.read_assets.v1
        """

    PostCharactersCharacterIdAssetsNames = post_characters_character_id_assets_names

    def post_corporations_corporation_id_assets_locations(
        self,
        *,
        corporation_id: int,
        item_ids: Iterable[int],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /corporations/{corporation_id}/assets/locations

        Scopes: esi-assets.read_corporation_assets.v1
        """

    PostCorporationsCorporationIdAssetsLocations = post_corporations_corporation_id_assets_locations

    def post_corporations_corporation_id_assets_names(
        self,
        *,
        corporation_id: int,
        item_ids: Iterable[int],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /corporations/{corporation_id}/assets/names

        Scopes: esi-assets.read_corporation_assets.v1
        """

    PostCorporationsCorporationIdAssetsNames = post_corporations_corporation_id_assets_names

class CalendarOperations:
    def get_characters_character_id_calendar(
        self,
        *,
        character_id: int,
        from_event: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/calendar

        Scopes: esi-calendar.read_calendar_events.v1
        """

    GetCharactersCharacterIdCalendar = get_characters_character_id_calendar

    def get_characters_character_id_calendar_event_id(
        self,
        *,
        character_id: int,
        event_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/calendar/{event_id}

        Scopes: esi-calendar.read_calendar_events.v1
        """

    GetCharactersCharacterIdCalendarEventId = get_characters_character_id_calendar_event_id

    def get_characters_character_id_calendar_event_id_attendees(
        self,
        *,
        character_id: int,
        event_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/calendar/{event_id}/attendees

        Scopes: esi-calendar.read_calendar_events.v1
        """

    GetCharactersCharacterIdCalendarEventIdAttendees = (
        get_characters_character_id_calendar_event_id_attendees
    )

    def put_characters_character_id_calendar_event_id(
        self,
        *,
        character_id: int,
        event_id: int,
        response: Mapping[str, Any],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """PUT /characters/{character_id}/calendar/{event_id}

        Scopes: esi-calendar.respond_calendar_events.v1
        """

    PutCharactersCharacterIdCalendarEventId = put_characters_character_id_calendar_event_id

class CharacterOperations:
    def get_characters_character_id(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}"""

    GetCharactersCharacterId = get_characters_character_id

    def get_characters_character_id_agents_research(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/agents_research

        Scopes: esi-characters.read_agents_research.v1
        """

    GetCharactersCharacterIdAgentsResearch = get_characters_character_id_agents_research

    def get_characters_character_id_blueprints(
        self,
        *,
        character_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/blueprints

        Scopes: esi-characters.read_blueprints.v1
        Paging: pages
        """

    GetCharactersCharacterIdBlueprints = get_characters_character_id_blueprints

    def get_characters_character_id_corporationhistory(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/corporationhistory"""

    GetCharactersCharacterIdCorporationhistory = get_characters_character_id_corporationhistory

    def get_characters_character_id_fatigue(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/fatigue

        Scopes: esi-characters.read_fatigue.v1
        """

    GetCharactersCharacterIdFatigue = get_characters_character_id_fatigue

    def get_characters_character_id_medals(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/medals

        Scopes: esi-characters.read_medals.v1
        """

    GetCharactersCharacterIdMedals = get_characters_character_id_medals

    def get_characters_character_id_notifications(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/notifications

        Scopes: esi-characters.read_notifications.v1
        """

    GetCharactersCharacterIdNotifications = get_characters_character_id_notifications

    def get_characters_character_id_notifications_contacts(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/notifications/contacts

        Scopes: esi-characters.read_notifications.v1
        """

    GetCharactersCharacterIdNotificationsContacts = (
        get_characters_character_id_notifications_contacts
    )

    def get_characters_character_id_portrait(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/portrait"""

    GetCharactersCharacterIdPortrait = get_characters_character_id_portrait

    def get_characters_character_id_roles(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/roles

        Scopes: esi-characters.read_corporation_roles.v1
        """

    GetCharactersCharacterIdRoles = get_characters_character_id_roles

    def get_characters_character_id_standings(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/standings

        Scopes: esi-characters.read_standings.v1
        """

    GetCharactersCharacterIdStandings = get_characters_character_id_standings

    def get_characters_character_id_titles(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/titles

        Scopes: esi-characters.read_titles.v1
        """

    GetCharactersCharacterIdTitles = get_characters_character_id_titles

    def post_characters_affiliation(
        self,
        *,
        characters: Iterable[int],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /characters/affiliation"""

    PostCharactersAffiliation = post_characters_affiliation

    def post_characters_character_id_cspa(
        self,
        *,
        character_id: int,
        characters: Iterable[int],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /characters/{character_id}/cspa

        Scopes: esi-characters.read_contacts.v1
        """

    PostCharactersCharacterIdCspa = post_characters_character_id_cspa

class ClonesOperations:
    def get_characters_character_id_clones(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/clones

        Scopes: esi-clones.read_clones.v1
        """

    GetCharactersCharacterIdClones = get_characters_character_id_clones

    def get_characters_character_id_implants(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/implants

        Scopes: esi-clones.read_implants.v1
        """

    GetCharactersCharacterIdImplants = get_characters_character_id_implants

class ContactsOperations:
    def delete_characters_character_id_contacts(
        self,
        *,
        character_id: int,
        contact_ids: Iterable[int],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """DELETE /characters/{character_id}/contacts

        Scopes: esi-characters.write_contacts.v1
        """

    DeleteCharactersCharacterIdContacts = delete_characters_character_id_contacts

    def get_alliances_alliance_id_contacts(
        self,
        *,
        alliance_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /alliances/{alliance_id}/contacts

        Scopes: esi-alliances.read_contacts.v1
        Paging: pages
        """

    GetAlliancesAllianceIdContacts = get_alliances_alliance_id_contacts

    def get_alliances_alliance_id_contacts_labels(
        self,
        *,
        alliance_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /alliances/{alliance_id}/contacts/labels

        Scopes: esi-alliances.read_contacts.v1
        """

    GetAlliancesAllianceIdContactsLabels = get_alliances_alliance_id_contacts_labels

    def get_characters_character_id_contacts(
        self,
        *,
        character_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/contacts

        Scopes: esi-characters.read_contacts.v1
        Paging: pages
        """

    GetCharactersCharacterIdContacts = get_characters_character_id_contacts

    def get_characters_character_id_contacts_labels(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/contacts/labels

        Scopes: esi-characters.read_contacts.v1
        """

    GetCharactersCharacterIdContactsLabels = get_characters_character_id_contacts_labels

    def get_corporations_corporation_id_contacts(
        self,
        *,
        corporation_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/contacts

        Scopes: esi-corporations.read_contacts.v1
        Paging: pages
        """

    GetCorporationsCorporationIdContacts = get_corporations_corporation_id_contacts

    def get_corporations_corporation_id_contacts_labels(
        self,
        *,
        corporation_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/contacts/labels

        Scopes: esi-corporations.read_contacts.v1
        """

    GetCorporationsCorporationIdContactsLabels = get_corporations_corporation_id_contacts_labels

    def post_characters_character_id_contacts(
        self,
        *,
        character_id: int,
        standing: float | Decimal,
        contact_ids: Iterable[int],
        label_ids: Iterable[int] | None = ...,
        watched: bool | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /characters/{character_id}/contacts

        Scopes: esi-characters.write_contacts.v1
        """

    PostCharactersCharacterIdContacts = post_characters_character_id_contacts

    def put_characters_character_id_contacts(
        self,
        *,
        character_id: int,
        standing: float | Decimal,
        contact_ids: Iterable[int],
        label_ids: Iterable[int] | None = ...,
        watched: bool | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """PUT /characters/{character_id}/contacts

        Scopes: esi-characters.write_contacts.v1
        """

    PutCharactersCharacterIdContacts = put_characters_character_id_contacts

class ContractsOperations:
    def get_characters_character_id_contracts(
        self,
        *,
        character_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/contracts

        Scopes: esi-contracts.read_character_contracts.v1
        Paging: pages
        """

    GetCharactersCharacterIdContracts = get_characters_character_id_contracts

    def get_characters_character_id_contracts_contract_id_bids(
        self,
        *,
        character_id: int,
        contract_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/contracts/{contract_id}/bids

        Scopes: esi-contracts.read_character_contracts.v1
        """

    GetCharactersCharacterIdContractsContractIdBids = (
        get_characters_character_id_contracts_contract_id_bids
    )

    def get_characters_character_id_contracts_contract_id_items(
        self,
        *,
        character_id: int,
        contract_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/contracts/{contract_id}/items

        Scopes: esi-contracts.read_character_contracts.v1
        """

    GetCharactersCharacterIdContractsContractIdItems = (
        get_characters_character_id_contracts_contract_id_items
    )

    def get_contracts_public_bids_contract_id(
        self,
        *,
        contract_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /contracts/public/bids/{contract_id}

        Paging: pages
        """

    GetContractsPublicBidsContractId = get_contracts_public_bids_contract_id

    def get_contracts_public_items_contract_id(
        self,
        *,
        contract_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /contracts/public/items/{contract_id}

        Paging: pages
        """

    GetContractsPublicItemsContractId = get_contracts_public_items_contract_id

    def get_contracts_public_region_id(
        self,
        *,
        region_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /contracts/public/{region_id}

        Paging: pages
        """

    GetContractsPublicRegionId = get_contracts_public_region_id

    def get_corporations_corporation_id_contracts(
        self,
        *,
        corporation_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/contracts

        Scopes: esi-contracts.read_corporation_contracts.v1
        Paging: pages
        """

    GetCorporationsCorporationIdContracts = get_corporations_corporation_id_contracts

    def get_corporations_corporation_id_contracts_contract_id_bids(
        self,
        *,
        contract_id: int,
        corporation_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/contracts/{contract_id}/bids

        Scopes: esi-contracts.read_corporation_contracts.v1
        Paging: pages
        """

    GetCorporationsCorporationIdContractsContractIdBids = (
        get_corporations_corporation_id_contracts_contract_id_bids
    )

    def get_corporations_corporation_id_contracts_contract_id_items(
        self,
        *,
        contract_id: int,
        corporation_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/contracts/{contract_id}/items

        Scopes: esi-contracts.read_corporation_contracts.v1
        """

    GetCorporationsCorporationIdContractsContractIdItems = (
        get_corporations_corporation_id_contracts_contract_id_items
    )

class CorporationOperations:
    def get_corporations_corporation_id(
        self,
        *,
        corporation_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}"""

    GetCorporationsCorporationId = get_corporations_corporation_id

    def get_corporations_corporation_id_alliancehistory(
        self,
        *,
        corporation_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/alliancehistory"""

    GetCorporationsCorporationIdAlliancehistory = get_corporations_corporation_id_alliancehistory

    def get_corporations_corporation_id_blueprints(
        self,
        *,
        corporation_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/blueprints

        Scopes: esi-corporations.read_blueprints.v1
        Paging: pages
        """

    GetCorporationsCorporationIdBlueprints = get_corporations_corporation_id_blueprints

    def get_corporations_corporation_id_containers_logs(
        self,
        *,
        corporation_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/containers/logs

        Scopes: esi-corporations.read_container_logs.v1
        Paging: pages
        """

    GetCorporationsCorporationIdContainersLogs = get_corporations_corporation_id_containers_logs

    def get_corporations_corporation_id_divisions(
        self,
        *,
        corporation_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/divisions

        Scopes: esi-corporations.read_divisions.v1
        """

    GetCorporationsCorporationIdDivisions = get_corporations_corporation_id_divisions

    def get_corporations_corporation_id_facilities(
        self,
        *,
        corporation_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/facilities

        Scopes: esi-corporations.read_facilities.v1
        """

    GetCorporationsCorporationIdFacilities = get_corporations_corporation_id_facilities

    def get_corporations_corporation_id_icons(
        self,
        *,
        corporation_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/icons"""

    GetCorporationsCorporationIdIcons = get_corporations_corporation_id_icons

    def get_corporations_corporation_id_medals(
        self,
        *,
        corporation_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/medals

        Scopes: esi-corporations.read_medals.v1
        Paging: pages
        """

    GetCorporationsCorporationIdMedals = get_corporations_corporation_id_medals

    def get_corporations_corporation_id_medals_issued(
        self,
        *,
        corporation_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/medals/issued

        Scopes: esi-corporations.read_medals.v1
        Paging: pages
        """

    GetCorporationsCorporationIdMedalsIssued = get_corporations_corporation_id_medals_issued

    def get_corporations_corporation_id_members(
        self,
        *,
        corporation_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/members

        Scopes: esi-corporations.read_corporation_membership.v1
        """

    GetCorporationsCorporationIdMembers = get_corporations_corporation_id_members

    def get_corporations_corporation_id_members_limit(
        self,
        *,
        corporation_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/members/limit

        Scopes: esi-corporations.track_members.v1
        """

    GetCorporationsCorporationIdMembersLimit = get_corporations_corporation_id_members_limit

    def get_corporations_corporation_id_members_titles(
        self,
        *,
        corporation_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/members/titles

        Scopes: esi-corporations.read_titles.v1
        """

    GetCorporationsCorporationIdMembersTitles = get_corporations_corporation_id_members_titles

    def get_corporations_corporation_id_membertracking(
        self,
        *,
        corporation_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/membertracking

        Scopes: esi-corporations.track_members.v1
        """

    GetCorporationsCorporationIdMembertracking = get_corporations_corporation_id_membertracking

    def get_corporations_corporation_id_roles(
        self,
        *,
        corporation_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/roles

        Scopes: esi-corporations.read_corporation_membership.v1
        """

    GetCorporationsCorporationIdRoles = get_corporations_corporation_id_roles

    def get_corporations_corporation_id_roles_history(
        self,
        *,
        corporation_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/roles/history

        Scopes: esi-corporations.read_corporation_membership.v1
        Paging: pages
        """

    GetCorporationsCorporationIdRolesHistory = get_corporations_corporation_id_roles_history

    def get_corporations_corporation_id_shareholders(
        self,
        *,
        corporation_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/shareholders

        Scopes: esi-wallet.read_corporation_wallets.v1
        Paging: pages
        """

    GetCorporationsCorporationIdShareholders = get_corporations_corporation_id_shareholders

    def get_corporations_corporation_id_standings(
        self,
        *,
        corporation_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/standings

        Scopes: esi-corporations.read_standings.v1
        Paging: pages
        """

    GetCorporationsCorporationIdStandings = get_corporations_corporation_id_standings

    def get_corporations_corporation_id_starbases(
        self,
        *,
        corporation_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/starbases

        Scopes: esi-corporations.read_starbases.v1
        Paging: pages
        """

    GetCorporationsCorporationIdStarbases = get_corporations_corporation_id_starbases

    def get_corporations_corporation_id_starbases_starbase_id(
        self,
        *,
        corporation_id: int,
        starbase_id: int,
        system_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/starbases/{starbase_id}

        Scopes: esi-corporations.read_starbases.v1
        """

    GetCorporationsCorporationIdStarbasesStarbaseId = (
        get_corporations_corporation_id_starbases_starbase_id
    )

    def get_corporations_corporation_id_structures(
        self,
        *,
        corporation_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/structures

        Scopes: esi-corporations.read_structures.v1
        Paging: pages
        """

    GetCorporationsCorporationIdStructures = get_corporations_corporation_id_structures

    def get_corporations_corporation_id_titles(
        self,
        *,
        corporation_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/titles

        Scopes: esi-corporations.read_titles.v1
        """

    GetCorporationsCorporationIdTitles = get_corporations_corporation_id_titles

    def get_corporations_npccorps(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/npccorps"""

    GetCorporationsNpccorps = get_corporations_npccorps

class CorporationProjectsOperations:
    def get_corporations_projects_contribution(
        self,
        *,
        corporation_id: int,
        project_id: str | UUID,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/projects/{project_id}/contribution/{character_id}

        Scopes: esi-corporations.read_projects.v1
        """

    GetCorporationsProjectsContribution = get_corporations_projects_contribution

    def get_corporations_projects_contributors(
        self,
        *,
        corporation_id: int,
        project_id: str | UUID,
        after: str | None = ...,
        before: str | None = ...,
        limit: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/projects/{project_id}/contributors

        Scopes: esi-corporations.read_projects.v1
        Paging: cursor
        """

    GetCorporationsProjectsContributors = get_corporations_projects_contributors

    def get_corporations_projects_detail(
        self,
        *,
        corporation_id: int,
        project_id: str | UUID,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/projects/{project_id}

        Scopes: esi-corporations.read_projects.v1
        """

    GetCorporationsProjectsDetail = get_corporations_projects_detail

    def get_corporations_projects_listing(
        self,
        *,
        corporation_id: int,
        after: str | None = ...,
        before: str | None = ...,
        limit: int | None = ...,
        state: str | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/projects

        Scopes: esi-corporations.read_projects.v1
        Paging: cursor
        """

    GetCorporationsProjectsListing = get_corporations_projects_listing

class DogmaOperations:
    def get_dogma_attributes(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /dogma/attributes"""

    GetDogmaAttributes = get_dogma_attributes

    def get_dogma_attributes_attribute_id(
        self,
        *,
        attribute_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /dogma/attributes/{attribute_id}"""

    GetDogmaAttributesAttributeId = get_dogma_attributes_attribute_id

    def get_dogma_dynamic_items_type_id_item_id(
        self,
        *,
        item_id: int,
        type_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /dogma/dynamic/items/{type_id}/{item_id}"""

    GetDogmaDynamicItemsTypeIdItemId = get_dogma_dynamic_items_type_id_item_id

    def get_dogma_effects(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /dogma/effects"""

    GetDogmaEffects = get_dogma_effects

    def get_dogma_effects_effect_id(
        self,
        *,
        effect_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /dogma/effects/{effect_id}"""

    GetDogmaEffectsEffectId = get_dogma_effects_effect_id

class FactionWarfareOperations:
    def get_characters_character_id_fw_stats(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/fw/stats

        Scopes: esi-characters.read_fw_stats.v1
        """

    GetCharactersCharacterIdFwStats = get_characters_character_id_fw_stats

    def get_corporations_corporation_id_fw_stats(
        self,
        *,
        corporation_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/fw/stats

        Scopes: esi-corporations.read_fw_stats.v1
        """

    GetCorporationsCorporationIdFwStats = get_corporations_corporation_id_fw_stats

    def get_fw_leaderboards(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /fw/leaderboards"""

    GetFwLeaderboards = get_fw_leaderboards

    def get_fw_leaderboards_characters(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /fw/leaderboards/characters"""

    GetFwLeaderboardsCharacters = get_fw_leaderboards_characters

    def get_fw_leaderboards_corporations(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /fw/leaderboards/corporations"""

    GetFwLeaderboardsCorporations = get_fw_leaderboards_corporations

    def get_fw_stats(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /fw/stats"""

    GetFwStats = get_fw_stats

    def get_fw_systems(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /fw/systems"""

    GetFwSystems = get_fw_systems

    def get_fw_wars(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /fw/wars"""

    GetFwWars = get_fw_wars

class FittingsOperations:
    def delete_characters_character_id_fittings_fitting_id(
        self,
        *,
        character_id: int,
        fitting_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """DELETE /characters/{character_id}/fittings/{fitting_id}

        Scopes: esi-fittings.write_fittings.v1
        """

    DeleteCharactersCharacterIdFittingsFittingId = (
        delete_characters_character_id_fittings_fitting_id
    )

    def get_characters_character_id_fittings(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/fittings

        Scopes: esi-fittings.read_fittings.v1
        """

    GetCharactersCharacterIdFittings = get_characters_character_id_fittings

    def post_characters_character_id_fittings(
        self,
        *,
        character_id: int,
        fitting: Mapping[str, Any],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /characters/{character_id}/fittings

        Scopes: esi-fittings.write_fittings.v1
        """

    PostCharactersCharacterIdFittings = post_characters_character_id_fittings

class FleetsOperations:
    def delete_fleets_fleet_id_members_member_id(
        self,
        *,
        fleet_id: int,
        member_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """DELETE /fleets/{fleet_id}/members/{member_id}

        Scopes: esi-fleets.write_fleet.v1
        """

    DeleteFleetsFleetIdMembersMemberId = delete_fleets_fleet_id_members_member_id

    def delete_fleets_fleet_id_squads_squad_id(
        self,
        *,
        fleet_id: int,
        squad_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """DELETE /fleets/{fleet_id}/squads/{squad_id}

        Scopes: esi-fleets.write_fleet.v1
        """

    DeleteFleetsFleetIdSquadsSquadId = delete_fleets_fleet_id_squads_squad_id

    def delete_fleets_fleet_id_wings_wing_id(
        self,
        *,
        fleet_id: int,
        wing_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """DELETE /fleets/{fleet_id}/wings/{wing_id}

        Scopes: esi-fleets.write_fleet.v1
        """

    DeleteFleetsFleetIdWingsWingId = delete_fleets_fleet_id_wings_wing_id

    def get_characters_character_id_fleet(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/fleet

        Scopes: esi-fleets.read_fleet.v1
        """

    GetCharactersCharacterIdFleet = get_characters_character_id_fleet

    def get_fleets_fleet_id(
        self,
        *,
        fleet_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /fleets/{fleet_id}

        Scopes: esi-fleets.read_fleet.v1
        """

    GetFleetsFleetId = get_fleets_fleet_id

    def get_fleets_fleet_id_members(
        self,
        *,
        fleet_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /fleets/{fleet_id}/members

        Scopes: esi-fleets.read_fleet.v1
        """

    GetFleetsFleetIdMembers = get_fleets_fleet_id_members

    def get_fleets_fleet_id_wings(
        self,
        *,
        fleet_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /fleets/{fleet_id}/wings

        Scopes: esi-fleets.read_fleet.v1
        """

    GetFleetsFleetIdWings = get_fleets_fleet_id_wings

    def post_fleets_fleet_id_members(
        self,
        *,
        fleet_id: int,
        invitation: Mapping[str, Any],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /fleets/{fleet_id}/members

        Scopes: esi-fleets.write_fleet.v1
        """

    PostFleetsFleetIdMembers = post_fleets_fleet_id_members

    def post_fleets_fleet_id_wings(
        self,
        *,
        fleet_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /fleets/{fleet_id}/wings

        Scopes: esi-fleets.write_fleet.v1
        """

    PostFleetsFleetIdWings = post_fleets_fleet_id_wings

    def post_fleets_fleet_id_wings_wing_id_squads(
        self,
        *,
        fleet_id: int,
        wing_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /fleets/{fleet_id}/wings/{wing_id}/squads

        Scopes: esi-fleets.write_fleet.v1
        """

    PostFleetsFleetIdWingsWingIdSquads = post_fleets_fleet_id_wings_wing_id_squads

    def put_fleets_fleet_id(
        self,
        *,
        fleet_id: int,
        new_settings: Mapping[str, Any],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """PUT /fleets/{fleet_id}

        Scopes: esi-fleets.write_fleet.v1
        """

    PutFleetsFleetId = put_fleets_fleet_id

    def put_fleets_fleet_id_members_member_id(
        self,
        *,
        fleet_id: int,
        member_id: int,
        movement: Mapping[str, Any],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """PUT /fleets/{fleet_id}/members/{member_id}

        Scopes: esi-fleets.write_fleet.v1
        """

    PutFleetsFleetIdMembersMemberId = put_fleets_fleet_id_members_member_id

    def put_fleets_fleet_id_squads_squad_id(
        self,
        *,
        fleet_id: int,
        squad_id: int,
        naming: Mapping[str, Any],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """PUT /fleets/{fleet_id}/squads/{squad_id}

        Scopes: esi-fleets.write_fleet.v1
        """

    PutFleetsFleetIdSquadsSquadId = put_fleets_fleet_id_squads_squad_id

    def put_fleets_fleet_id_wings_wing_id(
        self,
        *,
        fleet_id: int,
        wing_id: int,
        naming: Mapping[str, Any],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """PUT /fleets/{fleet_id}/wings/{wing_id}

        Scopes: esi-fleets.write_fleet.v1
        """

    PutFleetsFleetIdWingsWingId = put_fleets_fleet_id_wings_wing_id

class FreelanceJobsOperations:
    def get_characters_freelance_jobs_listing(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/freelance-jobs

        Scopes: esi-characters.read_freelance_jobs.v1
        """

    GetCharactersFreelanceJobsListing = get_characters_freelance_jobs_listing

    def get_characters_freelance_jobs_participation(
        self,
        *,
        character_id: int,
        job_id: str | UUID,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/freelance-jobs/{job_id}/participation

        Scopes: esi-characters.read_freelance_jobs.v1
        """

    GetCharactersFreelanceJobsParticipation = get_characters_freelance_jobs_participation

    def get_corporations_freelance_jobs_listing(
        self,
        *,
        corporation_id: int,
        after: str | None = ...,
        before: str | None = ...,
        limit: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/freelance-jobs

        Scopes: esi-corporations.read_freelance_jobs.v1
        Paging: cursor
        """

    GetCorporationsFreelanceJobsListing = get_corporations_freelance_jobs_listing

    def get_corporations_freelance_jobs_participants(
        self,
        *,
        corporation_id: int,
        job_id: str | UUID,
        after: str | None = ...,
        before: str | None = ...,
        limit: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/freelance-jobs/{job_id}/participants

        Scopes: esi-corporations.read_freelance_jobs.v1
        Paging: cursor
        """

    GetCorporationsFreelanceJobsParticipants = get_corporations_freelance_jobs_participants

    def get_freelance_jobs_detail(
        self,
        *,
        job_id: str | UUID,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /freelance-jobs/{job_id}"""

    GetFreelanceJobsDetail = get_freelance_jobs_detail

    def get_freelance_jobs_listing(
        self,
        *,
        after: str | None = ...,
        before: str | None = ...,
        limit: int | None = ...,
        corporation_id: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /freelance-jobs

        Paging: cursor
        """

    GetFreelanceJobsListing = get_freelance_jobs_listing

class IncursionsOperations:
    def get_incursions(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /incursions"""

    GetIncursions = get_incursions

class IndustryOperations:
    def get_characters_character_id_industry_jobs(
        self,
        *,
        character_id: int,
        include_completed: bool | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/industry/jobs

        Scopes: esi-industry.read_character_jobs.v1
        """

    GetCharactersCharacterIdIndustryJobs = get_characters_character_id_industry_jobs

    def get_characters_character_id_mining(
        self,
        *,
        character_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/mining

        Scopes: esi-industry.read_character_mining.v1
        Paging: pages
        """

    GetCharactersCharacterIdMining = get_characters_character_id_mining

    def get_corporation_corporation_id_mining_extractions(
        self,
        *,
        corporation_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporation/{corporation_id}/mining/extractions

        Scopes: esi-industry.read_corporation_mining.v1
        Paging: pages
        """

    GetCorporationCorporationIdMiningExtractions = get_corporation_corporation_id_mining_extractions

    def get_corporation_corporation_id_mining_observers(
        self,
        *,
        corporation_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporation/{corporation_id}/mining/observers

        Scopes: esi-industry.read_corporation_mining.v1
        Paging: pages
        """

    GetCorporationCorporationIdMiningObservers = get_corporation_corporation_id_mining_observers

    def get_corporation_corporation_id_mining_observers_observer_id(
        self,
        *,
        corporation_id: int,
        observer_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporation/{corporation_id}/mining/observers/{observer_id}

        Scopes: esi-industry.read_corporation_mining.v1
        Paging: pages
        """

    GetCorporationCorporationIdMiningObserversObserverId = (
        get_corporation_corporation_id_mining_observers_observer_id
    )

    def get_corporations_corporation_id_industry_jobs(
        self,
        *,
        corporation_id: int,
        include_completed: bool | None = ...,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/industry/jobs

        Scopes: esi-industry.read_corporation_jobs.v1
        Paging: pages
        """

    GetCorporationsCorporationIdIndustryJobs = get_corporations_corporation_id_industry_jobs

    def get_industry_facilities(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /industry/facilities"""

    GetIndustryFacilities = get_industry_facilities

    def get_industry_systems(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /industry/systems"""

    GetIndustrySystems = get_industry_systems

class InsuranceOperations:
    def get_insurance_prices(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /insurance/prices"""

    GetInsurancePrices = get_insurance_prices

class KillmailsOperations:
    def get_characters_character_id_killmails_recent(
        self,
        *,
        character_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/killmails/recent

        Scopes: esi-killmails.read_killmails.v1
        Paging: pages
        """

    GetCharactersCharacterIdKillmailsRecent = get_characters_character_id_killmails_recent

    def get_corporations_corporation_id_killmails_recent(
        self,
        *,
        corporation_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/killmails/recent

        Scopes: esi-killmails.read_corporation_killmails.v1
        Paging: pages
        """

    GetCorporationsCorporationIdKillmailsRecent = get_corporations_corporation_id_killmails_recent

    def get_killmails_killmail_id_killmail_hash(
        self,
        *,
        killmail_hash: str,
        killmail_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /killmails/{killmail_id}/{killmail_hash}"""

    GetKillmailsKillmailIdKillmailHash = get_killmails_killmail_id_killmail_hash

class LocationOperations:
    def get_characters_character_id_location(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/location

        Scopes: esi-location.read_location.v1
        """

    GetCharactersCharacterIdLocation = get_characters_character_id_location

    def get_characters_character_id_online(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/online

        Scopes: esi-location.read_online.v1
        """

    GetCharactersCharacterIdOnline = get_characters_character_id_online

    def get_characters_character_id_ship(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/ship

        Scopes: esi-location.read_ship_type.v1
        """

    GetCharactersCharacterIdShip = get_characters_character_id_ship

class LoyaltyOperations:
    def get_characters_character_id_loyalty_points(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/loyalty/points

        Scopes: esi-characters.read_loyalty.v1
        """

    GetCharactersCharacterIdLoyaltyPoints = get_characters_character_id_loyalty_points

    def get_loyalty_stores_corporation_id_offers(
        self,
        *,
        corporation_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /loyalty/stores/{corporation_id}/offers"""

    GetLoyaltyStoresCorporationIdOffers = get_loyalty_stores_corporation_id_offers

class MailOperations:
    def delete_characters_character_id_mail_labels_label_id(
        self,
        *,
        character_id: int,
        label_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """DELETE /characters/{character_id}/mail/labels/{label_id}

        Scopes: esi-mail.organize_mail.v1
        """

    DeleteCharactersCharacterIdMailLabelsLabelId = (
        delete_characters_character_id_mail_labels_label_id
    )

    def delete_characters_character_id_mail_mail_id(
        self,
        *,
        character_id: int,
        mail_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """DELETE /characters/{character_id}/mail/{mail_id}

        Scopes: esi-mail.organize_mail.v1
        """

    DeleteCharactersCharacterIdMailMailId = delete_characters_character_id_mail_mail_id

    def get_characters_character_id_mail(
        self,
        *,
        character_id: int,
        labels: Iterable[int] | None = ...,
        last_mail_id: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/mail

        Scopes: esi-mail.read_mail.v1
        """

    GetCharactersCharacterIdMail = get_characters_character_id_mail

    def get_characters_character_id_mail_labels(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/mail/labels

        Scopes: esi-mail.read_mail.v1
        """

    GetCharactersCharacterIdMailLabels = get_characters_character_id_mail_labels

    def get_characters_character_id_mail_lists(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/mail/lists

        Scopes: esi-mail.read_mail.v1
        """

    GetCharactersCharacterIdMailLists = get_characters_character_id_mail_lists

    def get_characters_character_id_mail_mail_id(
        self,
        *,
        character_id: int,
        mail_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/mail/{mail_id}

        Scopes: esi-mail.read_mail.v1
        """

    GetCharactersCharacterIdMailMailId = get_characters_character_id_mail_mail_id

    def post_characters_character_id_mail(
        self,
        *,
        character_id: int,
        mail: Mapping[str, Any],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /characters/{character_id}/mail

        Scopes: esi-mail.send_mail.v1
        """

    PostCharactersCharacterIdMail = post_characters_character_id_mail

    def post_characters_character_id_mail_labels(
        self,
        *,
        character_id: int,
        label: Mapping[str, Any],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /characters/{character_id}/mail/labels

        Scopes: esi-mail.organize_mail.v1
        """

    PostCharactersCharacterIdMailLabels = post_characters_character_id_mail_labels

    def put_characters_character_id_mail_mail_id(
        self,
        *,
        character_id: int,
        mail_id: int,
        contents: Mapping[str, Any],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """PUT /characters/{character_id}/mail/{mail_id}

        Scopes: esi-mail.organize_mail.v1
        """

    PutCharactersCharacterIdMailMailId = put_characters_character_id_mail_mail_id

class MarketOperations:
    def get_characters_character_id_orders(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/orders

        Scopes: esi-markets.read_character_orders.v1
        """

    GetCharactersCharacterIdOrders = get_characters_character_id_orders

    def get_characters_character_id_orders_history(
        self,
        *,
        character_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/orders/history

        Scopes: esi-markets.read_character_orders.v1
        Paging: pages
        """

    GetCharactersCharacterIdOrdersHistory = get_characters_character_id_orders_history

    def get_corporations_corporation_id_orders(
        self,
        *,
        corporation_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/orders

        Scopes: esi-markets.read_corporation_orders.v1
        Paging: pages
        """

    GetCorporationsCorporationIdOrders = get_corporations_corporation_id_orders

    def get_corporations_corporation_id_orders_history(
        self,
        *,
        corporation_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/orders/history

        Scopes: esi-markets.read_corporation_orders.v1
        Paging: pages
        """

    GetCorporationsCorporationIdOrdersHistory = get_corporations_corporation_id_orders_history

    def get_markets_groups(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /markets/groups"""

    GetMarketsGroups = get_markets_groups

    def get_markets_groups_market_group_id(
        self,
        *,
        market_group_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /markets/groups/{market_group_id}"""

    GetMarketsGroupsMarketGroupId = get_markets_groups_market_group_id

    def get_markets_prices(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /markets/prices"""

    GetMarketsPrices = get_markets_prices

    def get_markets_region_id_history(
        self,
        *,
        region_id: int,
        type_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /markets/{region_id}/history"""

    GetMarketsRegionIdHistory = get_markets_region_id_history

    def get_markets_region_id_orders(
        self,
        *,
        order_type: str,
        region_id: int,
        page: int | None = ...,
        type_id: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /markets/{region_id}/orders

        Paging: pages
        """

    GetMarketsRegionIdOrders = get_markets_region_id_orders

    def get_markets_region_id_types(
        self,
        *,
        region_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /markets/{region_id}/types

        Paging: pages
        """

    GetMarketsRegionIdTypes = get_markets_region_id_types

    def get_markets_structures_structure_id(
        self,
        *,
        structure_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /markets/structures/{structure_id}

        Scopes: esi-markets.structure_markets.v1
        Paging: pages
        """

    GetMarketsStructuresStructureId = get_markets_structures_structure_id

class MetaOperations:
    def get_meta_changelog(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /meta/changelog"""

    GetMetaChangelog = get_meta_changelog

    def get_meta_compatibility_dates(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /meta/compatibility-dates"""

    GetMetaCompatibilityDates = get_meta_compatibility_dates

    def get_meta_status(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /meta/status"""

    GetMetaStatus = get_meta_status

class PlanetaryInteractionOperations:
    def get_characters_character_id_planets(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/planets

        Scopes: esi-planets.manage_planets.v1
        """

    GetCharactersCharacterIdPlanets = get_characters_character_id_planets

    def get_characters_character_id_planets_planet_id(
        self,
        *,
        character_id: int,
        planet_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/planets/{planet_id}

        Scopes: esi-planets.manage_planets.v1
        """

    GetCharactersCharacterIdPlanetsPlanetId = get_characters_character_id_planets_planet_id

    def get_corporations_corporation_id_customs_offices(
        self,
        *,
        corporation_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/customs_offices

        Scopes: esi-planets.read_customs_offices.v1
        Paging: pages
        """

    GetCorporationsCorporationIdCustomsOffices = get_corporations_corporation_id_customs_offices

    def get_universe_schematics_schematic_id(
        self,
        *,
        schematic_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/schematics/{schematic_id}"""

    GetUniverseSchematicsSchematicId = get_universe_schematics_schematic_id

class RoutesOperations:
    def post_route(
        self,
        *,
        origin_system_id: int,
        destination_system_id: int,
        body: Mapping[str, Any],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /route/{origin_system_id}/{destination_system_id}"""

    PostRoute = post_route

class SearchOperations:
    def get_characters_character_id_search(
        self,
        *,
        categories: Iterable[str],
        character_id: int,
        search: str,
        strict: bool | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/search

        Scopes: esi-search.search_structures.v1
        """

    GetCharactersCharacterIdSearch = get_characters_character_id_search

class SkillsOperations:
    def get_characters_character_id_attributes(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/attributes

        Scopes: esi-skills.read_skills.v1
        """

    GetCharactersCharacterIdAttributes = get_characters_character_id_attributes

    def get_characters_character_id_skillqueue(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/skillqueue

        Scopes: esi-skills.read_skillqueue.v1
        """

    GetCharactersCharacterIdSkillqueue = get_characters_character_id_skillqueue

    def get_characters_character_id_skills(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/skills

        Scopes: esi-skills.read_skills.v1
        """

    GetCharactersCharacterIdSkills = get_characters_character_id_skills

class SovereigntyOperations:
    def get_sovereignty_campaigns(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /sovereignty/campaigns"""

    GetSovereigntyCampaigns = get_sovereignty_campaigns

    def get_sovereignty_map(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /sovereignty/map"""

    GetSovereigntyMap = get_sovereignty_map

    def get_sovereignty_structures(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /sovereignty/structures"""

    GetSovereigntyStructures = get_sovereignty_structures

class StatusOperations:
    def get_status(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /status"""

    GetStatus = get_status

class UniverseOperations:
    def get_universe_ancestries(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/ancestries"""

    GetUniverseAncestries = get_universe_ancestries

    def get_universe_asteroid_belts_asteroid_belt_id(
        self,
        *,
        asteroid_belt_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/asteroid_belts/{asteroid_belt_id}"""

    GetUniverseAsteroidBeltsAsteroidBeltId = get_universe_asteroid_belts_asteroid_belt_id

    def get_universe_bloodlines(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/bloodlines"""

    GetUniverseBloodlines = get_universe_bloodlines

    def get_universe_categories(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/categories"""

    GetUniverseCategories = get_universe_categories

    def get_universe_categories_category_id(
        self,
        *,
        category_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/categories/{category_id}"""

    GetUniverseCategoriesCategoryId = get_universe_categories_category_id

    def get_universe_constellations(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/constellations"""

    GetUniverseConstellations = get_universe_constellations

    def get_universe_constellations_constellation_id(
        self,
        *,
        constellation_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/constellations/{constellation_id}"""

    GetUniverseConstellationsConstellationId = get_universe_constellations_constellation_id

    def get_universe_factions(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/factions"""

    GetUniverseFactions = get_universe_factions

    def get_universe_graphics(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/graphics"""

    GetUniverseGraphics = get_universe_graphics

    def get_universe_graphics_graphic_id(
        self,
        *,
        graphic_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/graphics/{graphic_id}"""

    GetUniverseGraphicsGraphicId = get_universe_graphics_graphic_id

    def get_universe_groups(
        self,
        *,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/groups

        Paging: pages
        """

    GetUniverseGroups = get_universe_groups

    def get_universe_groups_group_id(
        self,
        *,
        group_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/groups/{group_id}"""

    GetUniverseGroupsGroupId = get_universe_groups_group_id

    def get_universe_moons_moon_id(
        self,
        *,
        moon_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/moons/{moon_id}"""

    GetUniverseMoonsMoonId = get_universe_moons_moon_id

    def get_universe_planets_planet_id(
        self,
        *,
        planet_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/planets/{planet_id}"""

    GetUniversePlanetsPlanetId = get_universe_planets_planet_id

    def get_universe_races(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/races"""

    GetUniverseRaces = get_universe_races

    def get_universe_regions(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/regions"""

    GetUniverseRegions = get_universe_regions

    def get_universe_regions_region_id(
        self,
        *,
        region_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/regions/{region_id}"""

    GetUniverseRegionsRegionId = get_universe_regions_region_id

    def get_universe_stargates_stargate_id(
        self,
        *,
        stargate_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/stargates/{stargate_id}"""

    GetUniverseStargatesStargateId = get_universe_stargates_stargate_id

    def get_universe_stars_star_id(
        self,
        *,
        star_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/stars/{star_id}"""

    GetUniverseStarsStarId = get_universe_stars_star_id

    def get_universe_stations_station_id(
        self,
        *,
        station_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/stations/{station_id}"""

    GetUniverseStationsStationId = get_universe_stations_station_id

    def get_universe_structures(
        self,
        *,
        filter: str | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/structures"""

    GetUniverseStructures = get_universe_structures

    def get_universe_structures_structure_id(
        self,
        *,
        structure_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/structures/{structure_id}

        Scopes: esi-universe.read_structures.v1
        """

    GetUniverseStructuresStructureId = get_universe_structures_structure_id

    def get_universe_system_jumps(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/system_jumps"""

    GetUniverseSystemJumps = get_universe_system_jumps

    def get_universe_system_kills(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/system_kills"""

    GetUniverseSystemKills = get_universe_system_kills

    def get_universe_systems(
        self,
        *,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/systems"""

    GetUniverseSystems = get_universe_systems

    def get_universe_systems_system_id(
        self,
        *,
        system_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/systems/{system_id}"""

    GetUniverseSystemsSystemId = get_universe_systems_system_id

    def get_universe_types(
        self,
        *,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/types

        Paging: pages
        """

    GetUniverseTypes = get_universe_types

    def get_universe_types_type_id(
        self,
        *,
        type_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /universe/types/{type_id}"""

    GetUniverseTypesTypeId = get_universe_types_type_id

    def post_universe_ids(
        self,
        *,
        names: Iterable[str],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /universe/ids"""

    PostUniverseIds = post_universe_ids

    def post_universe_names(
        self,
        *,
        ids: Iterable[int],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /universe/names"""

    PostUniverseNames = post_universe_names

class UserInterfaceOperations:
    def post_ui_autopilot_waypoint(
        self,
        *,
        add_to_beginning: bool,
        clear_other_waypoints: bool,
        destination_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /ui/autopilot/waypoint

        Scopes: esi-ui.write_waypoint.v1
        """

    PostUiAutopilotWaypoint = post_ui_autopilot_waypoint

    def post_ui_openwindow_contract(
        self,
        *,
        contract_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /ui/openwindow/contract

        Scopes: esi-ui.open_window.v1
        """

    PostUiOpenwindowContract = post_ui_openwindow_contract

    def post_ui_openwindow_information(
        self,
        *,
        target_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /ui/openwindow/information

        Scopes: esi-ui.open_window.v1
        """

    PostUiOpenwindowInformation = post_ui_openwindow_information

    def post_ui_openwindow_marketdetails(
        self,
        *,
        type_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /ui/openwindow/marketdetails

        Scopes: esi-ui.open_window.v1
        """

    PostUiOpenwindowMarketdetails = post_ui_openwindow_marketdetails

    def post_ui_openwindow_newmail(
        self,
        *,
        new_mail: Mapping[str, Any],
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """POST /ui/openwindow/newmail

        Scopes: esi-ui.open_window.v1
        """

    PostUiOpenwindowNewmail = post_ui_openwindow_newmail

class WalletOperations:
    def get_characters_character_id_wallet(
        self,
        *,
        character_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/wallet

        Scopes: esi-wallet.read_character_wallet.v1
        """

    GetCharactersCharacterIdWallet = get_characters_character_id_wallet

    def get_characters_character_id_wallet_journal(
        self,
        *,
        character_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/wallet/journal

        Scopes: esi-wallet.read_character_wallet.v1
        Paging: pages
        """

    GetCharactersCharacterIdWalletJournal = get_characters_character_id_wallet_journal

    def get_characters_character_id_wallet_transactions(
        self,
        *,
        character_id: int,
        from_id: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /characters/{character_id}/wallet/transactions

        Scopes: esi-wallet.read_character_wallet.v1
        Paging: from_id
        """

    GetCharactersCharacterIdWalletTransactions = get_characters_character_id_wallet_transactions

    def get_corporations_corporation_id_wallets(
        self,
        *,
        corporation_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/wallets

        Scopes: esi-wallet.read_corporation_wallets.v1
        """

    GetCorporationsCorporationIdWallets = get_corporations_corporation_id_wallets

    def get_corporations_corporation_id_wallets_division_journal(
        self,
        *,
        corporation_id: int,
        division: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/wallets/{division}/journal

        Scopes: esi-wallet.read_corporation_wallets.v1
        Paging: pages
        """

    GetCorporationsCorporationIdWalletsDivisionJournal = (
        get_corporations_corporation_id_wallets_division_journal
    )

    def get_corporations_corporation_id_wallets_division_transactions(
        self,
        *,
        corporation_id: int,
        division: int,
        from_id: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /corporations/{corporation_id}/wallets/{division}/transactions

        Scopes: esi-wallet.read_corporation_wallets.v1
        Paging: from_id
        """

    GetCorporationsCorporationIdWalletsDivisionTransactions = (
        get_corporations_corporation_id_wallets_division_transactions
    )

class WarsOperations:
    def get_wars(
        self,
        *,
        max_war_id: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /wars"""

    GetWars = get_wars

    def get_wars_war_id(
        self,
        *,
        war_id: int,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /wars/{war_id}"""

    GetWarsWarId = get_wars_war_id

    def get_wars_war_id_killmails(
        self,
        *,
        war_id: int,
        page: int | None = ...,
        token: str | TokenSource | None = ...,
        language: Language | None = ...,
        datasource: str | None = ...,
    ) -> Operation:
        """GET /wars/{war_id}/killmails

        Paging: pages
        """

    GetWarsWarIdKillmails = get_wars_war_id_killmails

class Resources:
    Alliance: AllianceOperations
    Assets: AssetsOperations
    Calendar: CalendarOperations
    Character: CharacterOperations
    Clones: ClonesOperations
    Contacts: ContactsOperations
    Contracts: ContractsOperations
    Corporation: CorporationOperations
    Corporation_Projects: CorporationProjectsOperations
    Dogma: DogmaOperations
    Faction_Warfare: FactionWarfareOperations
    Fittings: FittingsOperations
    Fleets: FleetsOperations
    Freelance_Jobs: FreelanceJobsOperations
    Incursions: IncursionsOperations
    Industry: IndustryOperations
    Insurance: InsuranceOperations
    Killmails: KillmailsOperations
    Location: LocationOperations
    Loyalty: LoyaltyOperations
    Mail: MailOperations
    Market: MarketOperations
    Meta: MetaOperations
    Planetary_Interaction: PlanetaryInteractionOperations
    Routes: RoutesOperations
    Search: SearchOperations
    Skills: SkillsOperations
    Sovereignty: SovereigntyOperations
    Status: StatusOperations
    Universe: UniverseOperations
    User_Interface: UserInterfaceOperations
    Wallet: WalletOperations
    Wars: WarsOperations
