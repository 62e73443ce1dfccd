-- The statements of kcc/demo/crowd.py, one after each "-- step:" line. Every value follows from a row's number, so the
-- same N gives the same rows. Rows are written in the order of time, as they would be in real life.

-- step: making up names and days
CREATE FUNCTION pg_temp.chance(number bigint, purpose bigint) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT (hashint8extended(number, purpose) & 9007199254740991) / 9007199254740992.0::float8 $$;
CREATE FUNCTION pg_temp.pick(number bigint, purpose bigint, size bigint) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT ((hashint8extended(number, purpose) & 9007199254740991) %% size)::int $$;
CREATE FUNCTION pg_temp.identity(kind text, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT md5(kind || number)::uuid $$;
ANALYZE crowd_first, crowd_last, crowd_street, crowd_said, crowd_day, crowd_agent

-- step: customers
INSERT INTO contacts_customer (id, uuid, kind, first_name, infix, last_name, birth_date, bsn_sealed, bsn_index, bsn_tail,
    kvk_number, street, house_number, house_suffix, postcode, city, language, preferred_channel, confidential,
    verified_at, source, notes, created_at)
SELECT %(customer)s + i, pg_temp.identity('customer', %(customer)s + i), 'person', f.name, l.infix,
    l.name || CASE WHEN pg_temp.chance(i, 3) < 0.08 THEN '-' || p.name ELSE '' END,
    date '1930-01-01' + pg_temp.pick(i, 4, 28000), '', NULL, '', '', s.name, 1 + pg_temp.pick(i, 5, 240), '',
    s.postcode, 'Duinmeer', 'nl', '', pg_temp.chance(i, 6) < 0.01, %(start)s, 'brp', '', %(start)s
FROM generate_series(1, %(customers)s) AS i
JOIN crowd_first f ON f.n = pg_temp.pick(i, 1, (SELECT count(*) FROM crowd_first))
JOIN crowd_last l ON l.n = width_bucket(pg_temp.chance(i, 2), %(shares)s::float8[])
JOIN crowd_last p ON p.n = 1 + pg_temp.pick(i, 7, 100)
JOIN crowd_street s ON s.n = pg_temp.pick(i, 8, (SELECT count(*) FROM crowd_street))

-- step: addresses
INSERT INTO contacts_address (customer_id, kind, network, value, typed, created_at)
SELECT id, 'phone', '', '+3169' || lpad(number, 7, '0'), '069' || lpad(number, 7, '0'), created_at
FROM contacts_customer, LATERAL (SELECT ((id + 100000) * 7654321 %% 10000000)::text AS number) AS made
WHERE id > %(customer)s
UNION ALL
SELECT id, 'email', '', mail, mail, created_at
FROM contacts_customer, LATERAL (SELECT left(kcc_fold(first_name), 1) || '.'
    || regexp_replace(kcc_fold(infix || last_name), '[^a-z]', '', 'g') || id || '@voorbeeld.nl' AS mail) AS made
WHERE id > %(customer)s AND id %% 10 < 7

-- step: contacts that came in
INSERT INTO contacts_contact (id, uuid, key, conversation, channel, direction, party, subject, text, outcome,
    transferred_to, reached, readable, network, seconds, happened_at, registered_at, closed_at, agent_id, case_id, team_id,
    customer_id, topic_id)
SELECT %(contact)s + c.n, pg_temp.identity('contact', %(contact)s + c.n), 'crowd:' || (%(contact)s + c.n),
    pg_temp.identity('talk', %(contact)s + c.n), channel, 'in', '', said.subject, said.text, outcome,
    CASE outcome WHEN 'transferred' THEN said.team ELSE '' END, true, true,
    CASE channel WHEN 'social' THEN 'instagram' ELSE '' END, seconds,
    at, at + seconds * interval '1 second', at + seconds * interval '1 second',
    agent.id, CASE WHEN c.n %% 50 = 1 THEN %(case)s + c.n / 50 + 1 END, said.team_id, customer_id, said.topic_id
FROM (
    SELECT n, pg_temp.pick(n, 11, %(saids)s) AS said_n, pg_temp.pick(n, 12, %(agents)s) AS agent_n,
        30 + (600 * pg_temp.chance(n, 13) * pg_temp.chance(n, 14))::int AS seconds,
        1 + (n - 1) * %(days)s / %(inbound)s AS day_n,
        (n - 1) * %(days)s %% %(inbound)s / %(inbound)s::float8 AS part,
        CASE WHEN n %% 9 = 0 THEN 'phone' ELSE (ARRAY['phone', 'email', 'desk', 'web', 'social', 'chat'])[1
            + width_bucket(pg_temp.chance(n, 15), ARRAY[0.45, 0.71, 0.86, 0.94, 0.98])] END AS channel,
        CASE WHEN n %% 9 = 0 THEN 'callback' ELSE (ARRAY['answered', 'consulted', 'transferred', 'case', 'referred'])[1
            + width_bucket(pg_temp.chance(n, 16), ARRAY[0.79, 0.85, 0.96, 0.98])] END AS outcome,
        CASE WHEN n %% 9 = 0 OR n %% 50 = 1 OR pg_temp.chance(n, 17) > 0.08 THEN %(customer)s + 1
            + floor(%(customers)s * power(pg_temp.chance(n, 18), 1.45))::bigint END AS customer_id
    FROM generate_series(1::bigint, %(inbound)s::bigint) AS n
) AS c
JOIN crowd_said said ON said.n = said_n
JOIN crowd_agent agent ON agent.n = agent_n
JOIN crowd_day day ON day.n = day_n, LATERAL (SELECT day.opens + (day.closes - day.opens) * part AS at) AS moment

-- step: messages
INSERT INTO contacts_message (contact_id, mailbox_id, sender_name, "to", cc, bcc, reply_to, quoted, html, message_id,
    "references", external_id, url, visibility, automatic, authentication, is_repaired, data)
SELECT c.id, box.id, coalesce(k.first_name || ' ' || k.last_name, ''),
    CASE WHEN box.id IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(jsonb_build_array(box.name, box.address)) END,
    '[]', '[]', '[]', '', '', CASE WHEN c.channel = 'email' THEN '<' || c.uuid || '@voorbeeld.nl>' ELSE '' END,
    '[]', '', '', CASE WHEN c.channel = 'social' THEN 'direct' ELSE '' END, '', '{}', false, '{}'
FROM contacts_contact c
LEFT JOIN contacts_customer k ON k.id = c.customer_id
LEFT JOIN (SELECT id, name, address FROM contacts_mailbox ORDER BY id LIMIT 1) AS box ON c.channel = 'email'
WHERE c.id > %(contact)s AND c.channel IN ('email', 'social', 'web', 'chat')

-- step: cases
INSERT INTO contacts_case (id, uuid, reference, title, priority, channel, network, mailbox_id, sender, snippet,
    opened_at, due_at, last_inbound_at, read_at, answered_at, closed_at, result, external_url, external_number,
    assignee_id, team_id, customer_id, topic_id)
SELECT id, pg_temp.identity('case', id), 'Z-' || extract(year FROM opened_at) || '-' || (%(reference)s + k), subject, 0,
    channel, network, CASE WHEN channel = 'email' THEN (SELECT min(id) FROM contacts_mailbox) END, sender, snippet,
    opened_at, due_at, opened_at,
    CASE WHEN NOT is_open OR id %% 3 > 0 THEN least(opened_at + interval '40 minutes', %(now)s) END,
    CASE WHEN NOT is_open OR id %% 11 = 0 THEN least(opened_at + interval '50 minutes', %(now)s) END,
    CASE WHEN NOT is_open THEN least(due_at, %(now)s) END,
    CASE WHEN is_open THEN '' ELSE 'Afgehandeld' END, '', '',
    CASE WHEN is_open AND id %% 3 = 1 THEN (SELECT a.id FROM crowd_agent a WHERE a.n = pg_temp.pick(made.id, 31, %(agents)s)) END,
    team_id, customer_id, topic_id
FROM (
    SELECT c.case_id AS id, c.case_id - %(case)s AS k, c.subject, c.channel, c.network, c.registered_at AS opened_at,
        c.customer_id, c.topic_id, left(regexp_replace(c.text, '\s+', ' ', 'g'), 200) AS snippet,
        coalesce(concat_ws(' ', p.first_name, nullif(p.infix, ''), p.last_name), '') AS sender,
        CASE WHEN c.channel IN ('email', 'social', 'web', 'chat') THEN %(team)s ELSE coalesce(c.team_id, %(team)s) END
            AS team_id, due.opens + (c.registered_at - asked.opens) AS due_at,
        due.closes >= %(now)s OR (asked.n > %(days)s - 40 AND c.id %% 3 = 0) AS is_open
    FROM contacts_contact c
    LEFT JOIN contacts_customer p ON p.id = c.customer_id
    JOIN crowd_day asked ON asked.day = (c.happened_at AT TIME ZONE 'Europe/Amsterdam')::date
    JOIN crowd_day due ON due.n = asked.n + 2
    WHERE c.id > %(contact)s AND c.case_id IS NOT NULL
) AS made

-- step: callbacks
CREATE TEMP TABLE crowd_callback ON COMMIT DROP AS
SELECT k, %(callback)s + k AS id, pg_temp.identity('callback', %(callback)s + k) AS uuid, contact_id, customer_id, topic_id,
    case_id, conversation, title, asked_by, team_id, worker, requested_at, due_at, attempt_at, number, question, term,
    NOT is_open AND cause = '' AS is_done, NOT is_open AND cause = '' AND pg_temp.chance(k, 21) < 0.3 AS tried_twice,
    CASE WHEN is_open THEN '' ELSE cause END AS cause, norm_at, norm_at < due_at AS is_postponed,
    NOT is_open AND cause IN ('unreachable', 'message') AS missed_all,
    CASE WHEN pg_temp.chance(k, 27) < 0.04 AND team_id <> %(team)s THEN wrong_team END AS wrong_team,
    CASE WHEN is_open AND pg_temp.chance(k, 22) < 0.1 THEN NULL ELSE worker END AS assignee
FROM (
    SELECT c.n / 9 AS k, c.*, due.opens + (c.requested_at - asked.opens) AS norm_at,
        CASE WHEN pg_temp.chance(c.n, 28) < 0.03 THEN later.opens ELSE due.opens END + (c.requested_at - asked.opens) AS due_at,
        (ARRAY['', 'unreachable', 'message', 'answered', 'withdrawn', 'duplicate'])[1
            + width_bucket(pg_temp.chance(c.n, 29), ARRAY[0.95, 0.97, 0.98, 0.985, 0.99])] AS cause,
        attempt.opens + (attempt.closes - attempt.opens) * pg_temp.chance(c.n, 23) AS attempt_at,
        due.closes >= %(now)s OR attempt.closes >= %(now)s OR (asked.n > %(days)s - 20 AND pg_temp.chance(c.n, 24) < 0.1) AS is_open
    FROM (
        SELECT c.id - %(contact)s AS n, c.id AS contact_id, c.customer_id, c.topic_id, c.case_id, c.conversation,
            c.subject AS title, c.agent_id AS asked_by, coalesce(c.team_id, %(team)s) AS team_id,
            c.registered_at AS requested_at, '+3169' || lpad(((c.customer_id + 100000) * 7654321 %% 10000000)::text, 7, '0') AS number,
            said.question, said.term, said.norm_days, said.workers[1 + pg_temp.pick(c.id, 25, cardinality(said.workers))] AS worker,
            (SELECT id FROM accounts_team t WHERE NOT is_kcc AND t.id <> c.team_id ORDER BY (id + c.id) %% 7, id LIMIT 1) AS wrong_team
        FROM contacts_contact c JOIN crowd_said said ON said.n = pg_temp.pick(c.id - %(contact)s, 11, %(saids)s)
        WHERE c.id > %(contact)s AND c.outcome = 'callback'
    ) AS c
    JOIN crowd_day asked ON asked.day = (c.requested_at AT TIME ZONE 'Europe/Amsterdam')::date
    JOIN crowd_day due ON due.n = asked.n + c.norm_days
    JOIN crowd_day later ON later.n = asked.n + c.norm_days + 1
    JOIN crowd_day attempt ON attempt.n = asked.n + 1 + floor(pg_temp.chance(c.n, 26) * c.norm_days * 1.1)::int
) AS made;
ANALYZE crowd_callback;
INSERT INTO callbacks_callback (id, uuid, reference, number, question, reachable_from, reachable_until, urgent_reason,
    urgent_at, requested_at, due_at, norm_due_at, term, claimed_at, next_attempt_at, first_attempt_at, spoken_at,
    completed_at, outcome, cancelled_at, cancel_cause, cancel_reason, assignee_id, completed_by_id, contact_id, requested_by_id, team_id)
SELECT id, uuid, 'T-' || extract(year FROM requested_at) || '-' || (%(reference)s + %(cases)s + k), number, question,
    NULL, NULL, '', NULL, requested_at, due_at, CASE WHEN is_postponed THEN norm_at END, term,
    CASE WHEN is_done OR missed_all THEN attempt_at END, NULL, CASE WHEN is_done OR missed_all THEN attempt_at END,
    CASE WHEN is_done THEN attempt_at + CASE WHEN tried_twice THEN interval '2 minutes' ELSE interval '0' END END,
    CASE WHEN is_done THEN attempt_at + interval '3 minutes' + CASE WHEN tried_twice THEN interval '2 minutes' ELSE interval '0' END END,
    CASE WHEN is_done THEN 'Teruggebeld en uitgelegd.' ELSE '' END,
    CASE WHEN cause <> '' THEN attempt_at + interval '9 minutes' END, cause,
    CASE WHEN cause <> '' THEN 'Vervallen' ELSE '' END, assignee,
    CASE WHEN is_done THEN worker END, contact_id, asked_by, team_id
FROM crowd_callback

-- step: attempts and their outgoing contacts
CREATE TEMP TABLE crowd_attempt ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY at) AS n, made.* FROM (
    SELECT c.*, 1 AS try, attempt_at AS at, CASE WHEN tried_twice THEN 'no_answer' ELSE 'spoken' END AS result
    FROM crowd_callback c WHERE is_done
    UNION ALL
    SELECT c.*, 2, attempt_at + interval '2 minutes', 'spoken' FROM crowd_callback c WHERE tried_twice
    UNION ALL
    SELECT c.*, try, attempt_at + (try - 1) * interval '3 minutes', 'no_answer'
    FROM crowd_callback c, generate_series(1, 3) AS try WHERE missed_all
) AS made;
ANALYZE crowd_attempt;
INSERT INTO contacts_contact (id, uuid, key, conversation, channel, direction, party, subject, text, outcome,
    transferred_to, reached, readable, seconds, happened_at, registered_at, closed_at, agent_id, case_id, team_id,
    customer_id, topic_id)
SELECT %(contact)s + %(inbound)s + n, pg_temp.identity('contact', %(contact)s + %(inbound)s + n),
    'attempt:crowd:' || (%(contact)s + %(inbound)s + n), conversation, 'phone', 'out', number, 'Teruggebeld: ' || lower(left(title, 180)),
    '', CASE result WHEN 'spoken' THEN 'answered' ELSE 'broken_off' END, '', result = 'spoken', true, NULL, at, at, at,
    worker, case_id, team_id, customer_id, topic_id
FROM crowd_attempt ORDER BY n;
INSERT INTO callbacks_attempt (contact_id, callback_id, result, note, by_id, at)
SELECT %(contact)s + %(inbound)s + n, id, result, '', worker, at FROM crowd_attempt ORDER BY n

-- step: postponements and handovers
INSERT INTO callbacks_postponement (callback_id, before, until, reason, by_id, at)
SELECT id, norm_at, due_at, 'Met de klant afgesproken', worker, requested_at + interval '20 minutes'
FROM crowd_callback WHERE is_postponed;
INSERT INTO callbacks_handover (callback_id, kind, from_team_id, to_team_id, from_person_id, to_person_id, reason, by_id, at)
SELECT id, kind, from_team, to_team, NULL, NULL, reason, asked_by, requested_at + after
FROM crowd_callback, LATERAL (VALUES ('returned', wrong_team, %(team)s, 'Hoort hier niet', interval '10 minutes'),
    ('forwarded', %(team)s, team_id, 'Hoort bij deze afdeling', interval '15 minutes'))
    AS way (kind, from_team, to_team, reason, after)
WHERE wrong_team IS NOT NULL AND requested_at + interval '30 minutes' < %(now)s ORDER BY k, after

-- step: reminders
INSERT INTO callbacks_reminder (callback_id, occurrence, due_at, next_attempt_at, attempts, last_error, done_at)
SELECT id, occurrence, at, at, CASE WHEN at <= %(now)s THEN 1 ELSE 0 END, '', CASE WHEN at <= %(now)s THEN at END
FROM crowd_callback, LATERAL (SELECT CASE WHEN is_postponed THEN ':2' ELSE '' END AS which) AS turn,
    LATERAL (VALUES ('new', requested_at), ('half' || which, requested_at + (due_at - requested_at) * 0.5),
    ('almost' || which, requested_at + (due_at - requested_at) * 0.9), ('late' || which, due_at),
    ('lead' || which, requested_at + (due_at - requested_at) * 1.5)) AS planned (occurrence, at)

-- step: events
INSERT INTO contacts_event (contact_id, case_id, kind, by_id, at, data)
SELECT id, NULL::bigint, 'contact_registered', agent_id, registered_at, '{}'::jsonb
FROM contacts_contact WHERE id > %(contact)s
UNION ALL
SELECT contact_id, NULL, 'callback_requested', asked_by, requested_at, jsonb_build_object('callback', uuid)
FROM crowd_callback
UNION ALL
SELECT contact_id, NULL, 'callback_attempted', worker, at,
    jsonb_build_object('callback', uuid, 'result', result, 'note', '', 'n', try)
FROM crowd_attempt
UNION ALL
SELECT contact_id, NULL, 'callback_completed', worker, attempt_at + interval '5 minutes',
    jsonb_build_object('callback', uuid, 'outcome', 'Teruggebeld en uitgelegd.')
FROM crowd_callback WHERE is_done
UNION ALL
SELECT contact_id, NULL, 'callback_cancelled', worker, attempt_at + interval '9 minutes',
    jsonb_build_object('callback', uuid, 'cause', cause, 'reason', 'Vervallen')
FROM crowd_callback WHERE cause <> ''
UNION ALL
SELECT contact_id, NULL, 'callback_postponed', worker, requested_at + interval '20 minutes',
    jsonb_build_object('callback', uuid, 'until', due_at, 'reason', 'Met de klant afgesproken')
FROM crowd_callback WHERE is_postponed
UNION ALL
SELECT b.contact_id, NULL, CASE h.kind WHEN 'returned' THEN 'callback_returned' ELSE 'callback_assigned' END, h.by_id, h.at,
    jsonb_build_object('callback', b.uuid, 'reason', h.reason, 'team', f.name, 'to', t.name)
FROM callbacks_handover h JOIN crowd_callback b ON b.id = h.callback_id
JOIN accounts_team f ON f.id = h.from_team_id JOIN accounts_team t ON t.id = h.to_team_id
UNION ALL
SELECT c.id, NULL, kind, c.agent_id, z.opened_at, jsonb_build_object('reference', z.reference, 'case', z.uuid)
FROM contacts_case z JOIN contacts_contact c ON c.case_id = z.id AND c.direction = 'in' AND c.id > %(contact)s,
    LATERAL (VALUES ('case_joined'), ('case_opened')) AS kinds (kind)
WHERE z.id > %(case)s
UNION ALL
SELECT NULL, id, 'case_closed', NULL::bigint, closed_at, jsonb_build_object('result', result)
FROM contacts_case WHERE id > %(case)s AND closed_at IS NOT NULL

-- step: articles used and customers looked up
INSERT INTO knowledge_usage (article_id, contact_id, by_id, at)
SELECT said.article_id, c.id, c.agent_id, c.registered_at
FROM contacts_contact c JOIN crowd_said said ON said.n = pg_temp.pick(c.id - %(contact)s, 11, %(saids)s)
WHERE c.id > %(contact)s AND c.direction = 'in' AND c.outcome = 'answered' AND c.id %% 4 = 0 AND said.article_id IS NOT NULL;
INSERT INTO contacts_access (user_id, customer_id, action, detail, results, at)
SELECT agent_id, customer_id, 'view', '', NULL, happened_at
FROM contacts_contact WHERE id > %(contact)s AND direction = 'in' AND customer_id IS NOT NULL

-- step: numbers to go on with
SELECT setval(pg_get_serial_sequence('contacts_customer', 'id'), (SELECT max(id) FROM contacts_customer)),
    setval(pg_get_serial_sequence('contacts_contact', 'id'), (SELECT max(id) FROM contacts_contact)),
    setval(pg_get_serial_sequence('contacts_case', 'id'), greatest((SELECT max(id) FROM contacts_case), 1)),
    setval(pg_get_serial_sequence('callbacks_callback', 'id'), greatest((SELECT max(id) FROM callbacks_callback), 1)),
    setval('kcc_reference', %(reference)s + %(cases)s + %(callbacks)s + 1)
