from collections.abc import Sequence

from django.urls import URLPattern, path

from contacts.forms import Part
from contacts.views import (
    attachments,
    bulk,
    calls,
    case_actions,
    case_merge,
    cases,
    colleagues,
    customers,
    desk,
    drafts,
    exchange,
    hooks,
    merging,
    queue,
    replies,
    simulator,
    thread,
    timeline,
    undo,
    visits,
    web,
)

CUSTOMERS = [
    path("customers/", customers.search, name="search"),
    path("customers/new/", customers.create, name="create"),
    path("customers/<uuid:uuid>/news/", timeline.news, name="news"),
    path("customers/<uuid:uuid>/change/", customers.change, name="change"),
    path("customers/<uuid:uuid>/note/", customers.note, name="note"),
    path("customers/<uuid:uuid>/reveal/", customers.reveal, name="reveal"),
    path("customers/<uuid:uuid>/verify/", customers.verify, name="verify"),
    path("customers/<uuid:uuid>/address/", customers.remove_address, name="remove_address"),
    path("customers/<uuid:uuid>/duplicates/", merging.duplicates, name="duplicates"),
    path("customers/<uuid:uuid>/merge/", merging.merge, name="merge"),
    path("customers/<uuid:uuid>/merge/<uuid:other>/", merging.merge_with, name="merge_with"),
    path("customers/<uuid:uuid>/accesses/", customers.accesses, name="accesses"),
    path("merges/<uuid:uuid>/undo/", merging.undo_merge, name="undo_merge"),
    path("customers/<uuid:uuid>/match/", customers.match, name="match"),
]
CALLS = [
    path("calls/", calls.calls, name="calls"),
    path("calls/ringing/", calls.ringing, name="ringing"),
    path("calls/dialled/", calls.dialled, name="dialled"),
    path("calls/handle/", calls.handle_calls, name="handle_calls"),
    path("calls/<uuid:uuid>/open/", calls.open_, name="open_call"),
    path("calls/<uuid:uuid>/release/", calls.release_call, name="release_call"),
    path("calls/<uuid:uuid>/handle/", calls.handle_call, name="handle_call"),
    path("calls/<uuid:uuid>/number/", calls.call_number, name="call_number"),
    path("simulator/", simulator.simulator, name="simulator"),
    path("api/v1/cti/<str:token>/", exchange.cti, name="cti"),
    path("api/v1/cti/<str:token>", exchange.cti),
    path("colleagues/", colleagues.available, name="available"),
]
CONTACTS = [
    path("contacts/unmatched/", timeline.unmatched, name="unmatched"),
    path("contacts/<uuid:uuid>/", timeline.contact, name="contact"),
    path("contacts/<uuid:uuid>/correct/", timeline.correct, name="correct"),
    path("contacts/<uuid:uuid>/raw/", timeline.raw, name="raw"),
    path("drafts/<uuid:uuid>/", drafts.save_draft, name="save_draft"),
    path("drafts/<uuid:uuid>/discard/", drafts.discard_draft, name="discard_draft"),
    path("drafts/<uuid:uuid>/restore/", drafts.restore_draft, name="restore_draft"),
    path("contacts/<uuid:uuid>/html/", thread.html, name="html"),
    path("visits/", visits.visits, name="visits"),
]
ANSWERS = [
    path("answers/<uuid:uuid>/", replies.save_answer, name="save_answer"),
    path("answers/<uuid:uuid>/compose/", replies.compose_answer, name="compose_answer"),
    path("answers/<uuid:uuid>/check/", replies.check_answer, name="check_answer"),
    path("answers/<uuid:uuid>/fill/", replies.fill_answer, name="fill_answer"),
    path("answers/<uuid:uuid>/discard/", replies.discard_answer, name="discard_answer"),
    path("answers/<uuid:uuid>/restore/", replies.restore_answer, name="restore_answer"),
    path("answers/<uuid:uuid>/attach/", attachments.attach, name="attach"),
    path("attachments/<uuid:uuid>/", attachments.attachment, name="attachment"),
    path("attachments/<uuid:uuid>/remove/", attachments.remove_attachment, name="remove_attachment"),
    path("deliveries/<uuid:uuid>/resend/", replies.resend, name="resend"),
    path("deliveries/<uuid:uuid>/leave/", replies.leave, name="leave"),
    path("customers/<uuid:uuid>/mail/", replies.mail, name="mail"),
    path("contacts/<uuid:uuid>/withdraw/", replies.withdraw, name="withdraw"),
]
CASES = [
    path("cases/<uuid:uuid>/thread/", thread.show_thread, name="thread"),
    path("cases/", queue.cases, name="cases"),
    path("cases/next/", queue.take_next, name="take_next"),
    path("cases/onward/", queue.set_onward, name="set_onward"),
    path("cases/moments/", queue.moments, name="moments"),
    path("cases/bulk/", bulk.bulk, name="bulk"),
    path("cases/undo/<uuid:uuid>/", undo.undo, name="undo"),
    path("cases/<uuid:uuid>/", cases.case, name="case"),
    path("cases/<uuid:uuid>/state/", cases.case_state, name="case_state"),
    path("cases/<uuid:uuid>/presence/", cases.presence, name="presence"),
    path("cases/<uuid:uuid>/take-over/", cases.take_over, name="take_over"),
    path("cases/<uuid:uuid>/close/", case_actions.close, name="close"),
    path("cases/<uuid:uuid>/reopen/", case_actions.reopen, name="reopen"),
    path("cases/<uuid:uuid>/assign/", case_actions.assign, name="assign_case"),
    path("cases/<uuid:uuid>/topic/", case_actions.choose_topic, name="choose_topic"),
    path("cases/<uuid:uuid>/transfer/", case_actions.transfer, name="transfer"),
    path("cases/<uuid:uuid>/prioritise/", case_actions.prioritise, name="prioritise"),
    path("cases/<uuid:uuid>/snooze/", case_actions.snooze, name="snooze"),
    path("cases/<uuid:uuid>/wait/", case_actions.wait, name="wait"),
    path("cases/<uuid:uuid>/consult/", case_actions.consult, name="consult"),
    path("cases/<uuid:uuid>/spam/", case_actions.spam, name="spam"),
    path("cases/<uuid:uuid>/no-spam/", case_actions.no_spam, name="no_spam"),
    path("cases/<uuid:uuid>/link/", case_actions.link, name="link"),
    path("cases/<uuid:uuid>/note/", case_actions.case_note, name="case_note"),
    path("cases/<uuid:uuid>/mentionable/", case_actions.mentionable, name="mentionable"),
    path("cases/<uuid:uuid>/merge/", case_merge.merge, name="merge_case"),
    path("cases/<uuid:uuid>/unmerge/", case_merge.unmerge_case, name="unmerge_case"),
    path("cases/<uuid:uuid>/split/<uuid:contact>/", case_merge.split_case, name="split_case"),
]
DOORS = [
    path("contact/", web.web_form, name="web_form"),
    path("contact/received/<str:word>/", web.web_received, name="web_received"),
    path("hooks/<uuid:uuid>/", hooks.hook, name="hook"),
]


def routes(*parts: type[Part]) -> tuple[Sequence[URLPattern], str]:
    """Give the routes of this app; parts are the forms of other apps that are saved together with a contact."""
    desk_parts = {"parts": parts}
    saved_together = [
        path("", desk.desk, desk_parts, name="desk"),
        path("customers/<uuid:uuid>/", desk.customer, desk_parts, name="customer"),
        path("contacts/register/", desk.register, desk_parts, name="register"),
        path("answers/<uuid:uuid>/send/", replies.send_answer, desk_parts, name="send_answer"),
    ]
    return [*saved_together, *CUSTOMERS, *CALLS, *CONTACTS, *ANSWERS, *CASES, *DOORS], "contacts"
