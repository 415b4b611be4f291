# 차트들이 함께 쓰는 말. 차트 하나의 글은 charts/EXPERIMENT.ftl에 있다. 키의 구조는 en/charts.ftl과 같다.

chart-median-less = 중앙값. 수염: 중앙값의 95 % 신뢰구간. 작을수록 좋다.
chart-median-more = 중앙값. 수염: 중앙값의 95 % 신뢰구간. 클수록 좋다.
chart-rounds-less = 라운드별 값의 중앙값. 수염: 중앙값의 95 % 신뢰구간. 작을수록 좋다.
chart-rounds-more = 라운드별 값의 중앙값. 수염: 중앙값의 95 % 신뢰구간. 클수록 좋다.
chart-median-neutral = 중앙값. 수염: 중앙값의 95 % 신뢰구간.
chart-logarithmic = 로그 눈금.

axis-logarithmic = 로그 눈금
axis-time = 시간
axis-since-spawn = 실행 명령부터 흐른 시간
axis-throughput = 처리량
axis-latency = 지연 시간
axis-memory = 메모리
axis-rate = 초당 시작 횟수
axis-requests = 초당 요청 수
axis-exits = VM exit 횟수
axis-exits-per-operation = 연산당 VM exit 횟수

chart-note-band = 회색 띠: 네이티브와 같다고 보는 범위(2 % 또는 이 실행에서 같은 백엔드끼리의 차이).
chart-note-ranges = 끝 표시가 없는 수염: 6라운드 미만이어서 신뢰구간 대신 최솟값과 최댓값을 나타낸다.
chart-note-points = 작은 고리: 값이 10개 이하일 때 하나하나의 값. 오른쪽 끝의 고리는 그 너머에 있을 수 있다.
chart-note-without-data = 데이터 없음: { $backends } (이유는 REPORT.md 참조).
chart-note-emulated = { $backends }: 에뮬레이션한 프로세서. 측정한 시간은 대표성이 없다.
chart-left-out = 생략: 이번 측정에는 이 차트에 쓸 { $experiment } 데이터가 없다.
