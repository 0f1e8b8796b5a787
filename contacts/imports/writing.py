"""Rows become contacts: a chunk of them in a handful of statements, in one transaction.

Imports of one workspace write one chunk at a time, so that two files with the same person in them
make one contact. Contacts that a chunk is about are locked: whoever changes one by hand meanwhile
comes before or after, and nothing is lost.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection
from django.utils import timezone

from contacts import custom_fields
from contacts.imports import keeping
from contacts.imports.finding import Known
from contacts.imports.merging import OVERWRITE, SKIP, Draft
from contacts.imports.rows import Values
from contacts.jobs.starters import starter_of
from contacts.models import Company, Consent, Contact, ContactLabel, Job, Label
from core.ids import uuid7
from core.postgresql.arrays import booleans, moments, texts, uuids
from core.postgresql.inserting import execute, insert_columns
from events import types
from events.journal import record

# The first words of the lock's name: nobody else takes it.
_LOCK: Final = "select pg_advisory_xact_lock(hashtextextended('contacts.imports ' || %s, 0))"
_UPDATE: Final = """
    update contacts_contact c set name = u.name, phone = u.phone, email = u.email,
        language = u.language, note = u.note, fields = u.fields::jsonb, owner_id = u.owner_id,
        company_id = u.company_id, updated_at = u.updated_at
    from unnest(
        %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
        %s::uuid[], %s::uuid[], %s::timestamptz[]
    ) u (id, name, phone, email, language, note, fields, owner_id, company_id, updated_at)
    where c.workspace_id = %s and c.id = u.id
"""


class Writer:
    """Writes chunks of one import. `write` counts on the job what became of the rows."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._policy = job.settings.get("duplicates", SKIP)

    def write(self, rows: Sequence[Values]) -> None:
        """All in the transaction that is open."""
        with connection.cursor() as cursor:
            cursor.execute(_LOCK, [str(self._job.workspace_id)])
        known = Known(rows)
        locked = Contact.objects.filter(pk__in=known.ids).order_by("pk")
        drafts = {
            contact.pk: Draft.of(contact)
            for contact in locked.select_for_update(no_key=True, of=("self",))
        }
        for consent in Consent.objects.filter(
            contact__in=list(drafts), channel=None, purpose=Consent.Purpose.MARKETING
        ):
            drafts[consent.contact_id].consent = consent
        companies = self._companies(rows)
        skipped = 0
        for values in rows:
            pk = known.find(values)
            draft = drafts.get(pk) if pk else None
            if draft is not None and self._policy == SKIP:
                skipped += 1
                continue
            if draft is None:
                draft = Draft.of(self._new(), is_new=True)
                drafts[draft.contact.pk] = draft
                known.learn(values, draft.contact.pk)
            company_id = companies.get(values.company)
            draft.take(values, company_id, overwrite=self._policy == OVERWRITE)
            draft.hear(values, now=self._job.created_at, detail=self._job.name)
        self._job.count("skipped", skipped)
        self._save(list(drafts.values()), len(rows) - skipped)

    def _new(self) -> Contact:
        # Whoever takes the import back tells by the time whether somebody has touched it since.
        return Contact(id=uuid7(), imported_by=self._job, updated_at=stamp_of(self._job))

    def _companies(self, rows: Sequence[Values]) -> dict[str, UUID]:
        names = {values.company for values in rows if values.company}
        if not names:
            return {}
        known = _ids_by_name(Company, names)
        missing = [Company(name=name) for name in sorted(names - set(known))]
        for company in Company.objects.bulk_create(missing):
            known[company.name] = company.pk
            data = {"name": company.name}
            record(types.COMPANY_CREATED, subject=company, by=starter_of(self._job), data=data)
        return known

    def _save(self, drafts: Sequence[Draft], count: int) -> None:
        created = [draft.contact for draft in drafts if draft.is_new]
        _insert(created)
        labelled = self._put_labels(drafts)
        consented = [draft for draft in drafts if draft.consent_is_changed]
        self._save_consents(consented)
        changed = [draft for draft in drafts if not draft.is_new and draft.is_changed]
        touched = {draft.contact.pk for draft in [*changed, *consented]} | labelled.keys()
        known = [draft for draft in drafts if not draft.is_new and draft.contact.pk in touched]
        keeping.keep_before(self._job, known, labelled)
        updated = [draft.contact for draft in known]
        self._update(updated)
        own = [draft.contact for draft in drafts if draft.is_new and draft.contact.fields]
        own += [draft.contact for draft in changed]
        custom_fields.store_many("contact", {contact.pk: contact.fields for contact in own})
        for name, number in (
            ("created", len(created)),
            ("updated", len(updated)),
            ("unchanged", max(0, count - len(created) - len(updated))),
        ):
            self._job.count(name, number)
        if created or updated:
            data = {
                "created": [str(contact.pk) for contact in created],
                "updated": [str(contact.pk) for contact in updated],
                "consents": {
                    str(d.contact.pk): d.consent.is_granted for d in consented if d.consent
                },
            }
            record(types.CONTACTS_IMPORTED, subject=self._job, by=starter_of(self._job), data=data)

    def _put_labels(self, drafts: Sequence[Draft]) -> dict[UUID, list[UUID]]:
        """The labels that contacts have got, by the contacts' ids."""
        names = set().union(*(draft.labels for draft in drafts)) if drafts else set()
        if not names:
            return {}
        wanted = [Label(name=name) for name in sorted(names)]
        Label.objects.bulk_create(wanted, ignore_conflicts=True)
        ids = _ids_by_name(Label, names)
        known = [draft.contact.pk for draft in drafts if not draft.is_new and draft.labels]
        there = set(
            ContactLabel.objects.filter(contact__in=known).values_list("contact_id", "label_id")
        )
        links = [
            (draft.contact.pk, ids[name])
            for draft in drafts
            for name in sorted(draft.labels)
            if (draft.contact.pk, ids[name]) not in there
        ]
        insert_columns(
            ContactLabel,
            self._job.workspace_id,
            {
                "id": uuids([uuid7() for _link in links]),
                "contact_id": uuids([contact_id for contact_id, _label_id in links]),
                "label_id": uuids([label_id for _contact_id, label_id in links]),
            },
            ignore_conflicts=True,
        )
        put: dict[UUID, list[UUID]] = {}
        for contact_id, label_id in links:
            put.setdefault(contact_id, []).append(label_id)
        return put

    def _save_consents(self, drafts: Sequence[Draft]) -> None:
        consents = [draft.consent for draft in drafts if draft.consent is not None]
        new = [consent for consent in consents if consent._state.adding]
        old = [consent for consent in consents if not consent._state.adding]
        insert_columns(
            Consent,
            self._job.workspace_id,
            {
                "id": uuids([consent.pk for consent in new]),
                "contact_id": uuids([consent.contact_id for consent in new]),
                **{
                    name: texts([getattr(consent, name) for consent in new])
                    for name in ("purpose", "origin", "detail")
                },
                "is_granted": booleans([consent.is_granted for consent in new]),
                "at": moments([consent.at for consent in new]),
            },
        )
        if old:
            Consent.objects.bulk_update(old, ["is_granted", "origin", "at", "detail"])

    def _update(self, contacts: Sequence[Contact]) -> None:
        if not contacts:
            return
        stamp, now = stamp_of(self._job), timezone.now()
        for contact in contacts:
            is_ours = contact.imported_by_id == self._job.pk and contact.updated_at == stamp
            contact.updated_at = stamp if is_ours else now
        store(contacts, self._job.workspace_id)


def store(contacts: Sequence[Contact], workspace_id: UUID) -> None:
    """Write contacts that are known, as they are given, with one statement."""
    if not contacts:
        return
    execute(
        _UPDATE,
        [
            uuids([contact.pk for contact in contacts]),
            *(
                texts([getattr(contact, name) for contact in contacts])
                for name in ("name", "phone", "email", "language", "note")
            ),
            texts([orjson.dumps(contact.fields).decode() for contact in contacts]),
            uuids([contact.owner_id for contact in contacts]),
            uuids([contact.company_id for contact in contacts]),
            moments([contact.updated_at for contact in contacts]),
            workspace_id,
        ],
    )


def stamp_of(job: Job) -> Any:
    """The time of change of the contacts that an import has made."""
    return job.created_at


_INSERT: Final = """
    insert into contacts_contact
        (id, created_at, workspace_id, name, phone, email, language, note, fields, owner_id,
         company_id, avatar, imported_by_id, updated_at)
    select u.id, now(), %s, u.name, u.phone, u.email, u.language, u.note, u.fields::jsonb,
        u.owner_id, u.company_id, '', %s, %s
    from unnest(
        %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
        %s::uuid[], %s::uuid[]
    ) u (id, name, phone, email, language, note, fields, owner_id, company_id)
"""


def _insert(contacts: Sequence[Contact]) -> None:
    if not contacts:
        return
    first = contacts[0]
    execute(
        _INSERT,
        [
            first.imported_by.workspace_id,
            first.imported_by_id,
            first.updated_at,
            uuids([contact.pk for contact in contacts]),
            *(
                texts([getattr(contact, name) for contact in contacts])
                for name in ("name", "phone", "email", "language", "note")
            ),
            texts([orjson.dumps(contact.fields).decode() for contact in contacts]),
            uuids([contact.owner_id for contact in contacts]),
            uuids([contact.company_id for contact in contacts]),
        ],
    )


def _ids_by_name(model: Any, names: set[str]) -> dict[str, UUID]:
    rows = model.objects.filter(name__in=names).order_by("-id").values_list("name", "pk")
    return dict(rows)
