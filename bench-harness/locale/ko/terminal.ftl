# 표에 쓰는 말: 터미널, REPORT.md, report.html에서 모두 같다.

verbatim = { $text }
emulated-mark = 에뮬레이션: 시간은 대표성 없음

table-metric = 지표
table-backend = 백엔드
table-median = 중앙값
table-interval = 95 % 신뢰구간
table-ratio = 네이티브 대비
table-verdict = 판정
table-peer = 외부 { $backend }
table-beside-peer = { $metric }: { $backend }는 외부 구현 가운데 가장 좋은 { $peer }의 { $ratio } { $interval }
table-rounds = { $count ->
    [one] 1라운드
   *[other] { $count }라운드
}
table-verdicts = 느림, 빠름, 많음, 적음: 비율의 신뢰구간 전체가 { $band }를 벗어나고, 우연일 가능성도 배제됨(보고서 전체 유의수준 5 %). 실질적 차이 없음: 신뢰구간 전체가 그 안에 있음.
table-ranges = (a ~ b): 최솟값과 최댓값. 6라운드 미만이면 95 % 신뢰구간을 구할 수 없다.
table-range = ({ $low } ~ { $high })

word-yes = 예
word-no = 아니요
word-faster = 빠름
word-slower = 느림
word-less = 적음
word-more = 많음
word-faster-doubtful = 빠름: 경고 참조
word-equal = 실질적 차이 없음
word-inconclusive = { $rounds ->
    [one] 판단 보류: 약 1라운드 더 필요
   *[other] 판단 보류: 약 { $rounds }라운드 더 필요
}
word-inconclusive-most = 판단 보류: { $rounds }라운드 이상 더 필요

outcome-ok = 측정됨
outcome-unsupported = 지원되지 않음
outcome-failed = 실패
outcome-timeout = 시간 초과
absence-line = { $backend } { $outcome } ({ $places }; { $trials }): { $reason }
absence-trials = { $count ->
    [one] 시행 1회
   *[other] 시행 { $count }회
}
absence-cases = { $experiment }의 케이스 { $count }개
absence-no-reason = 이유가 기록되지 않음

terminal-nothing = 측정된 것이 없다.
terminal-missing = 측정되지 않음:
terminal-warnings = 경고:
terminal-page = 주장, 차트, 모든 수치: { $path }

progress-left = 남은 시간
progress-trial = { $backend }: { $experiment } { $case }
progress-so-far = { $backend }: { $experiment } { $case } ({ $metric } 지금까지 { $value })
progress-failed = { $backend }: { $experiment } { $case }: { $reason }
progress-skipped = { $backend } 건너뜀: { $reason }
run-interrupted = 중단됨. 그때까지 측정한 결과: { $folder }
