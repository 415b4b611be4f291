# The words of tables, wherever they stand: terminal, REPORT.md, report.html.

verbatim = { $text }
emulated-mark = emulated: times are not representative

table-metric = metric
table-backend = backend
table-median = median
table-interval = 95 % interval
table-ratio = to native
table-verdict = verdict
table-peer = peer { $backend }
table-beside-peer = { $metric }: { $backend } { $ratio } { $peer }, the best peer { $interval }
table-rounds = { $count ->
    [one] 1 round
   *[other] { $count } rounds
}
table-verdicts = slower, faster, more, less: the whole interval of the ratio lies beyond { $band }, and chance is excluded (5 % for the report as a whole); no practical difference: the interval lies within.
table-ranges = (a to b): smallest and largest value; fewer than 6 rounds give no 95 % interval.
table-range = ({ $low } to { $high })

word-yes = yes
word-no = no
word-faster = faster
word-slower = slower
word-less = less
word-more = more
word-faster-doubtful = faster: see the warnings
word-equal = no practical difference
word-inconclusive = { $rounds ->
    [one] inconclusive: about 1 more round
   *[other] inconclusive: about { $rounds } more rounds
}
word-inconclusive-most = inconclusive: { $rounds } or more rounds

outcome-ok = measured
outcome-unsupported = unsupported
outcome-failed = failed
outcome-timeout = timed out
absence-line = { $backend } { $outcome } ({ $places }; { $trials }): { $reason }
absence-trials = { $count ->
    [one] 1 trial
   *[other] { $count } trials
}
absence-cases = { $count } cases of { $experiment }
absence-no-reason = no reason given

terminal-nothing = Nothing was measured.
terminal-missing = Not measured:
terminal-warnings = Warnings:
terminal-page = The claims, charts and all numbers: { $path }

progress-left = eta
progress-trial = { $experiment } { $case } on { $backend }
progress-so-far = { $experiment } { $case } on { $backend } ({ $metric } so far { $value })
progress-failed = { $experiment } { $case } on { $backend }: { $reason }
progress-skipped = { $backend } is skipped: { $reason }
run-interrupted = interrupted; what was measured is in { $folder }
