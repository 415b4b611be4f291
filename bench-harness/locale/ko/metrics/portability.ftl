# 무엇을 옮겨야 하고 무엇을 실행할 수 있는가: 표와 차트에 쓰는 짧은 이름과 정의.

metric-portability-bytes = 옮길 바이트
    .definition = 인스턴스 하나에 필요한 모든 파일의 크기. 공유 라이브러리를 포함하며 이름이 둘인 파일은 한 번만 센다.
    .code = bench-harness/src/artefacts.rs
metric-portability-files = 옮길 파일
    .definition = 그 파일의 수. 실행 파일, 워크로드, 커널과 드라이버, 설정 파일, 공유 라이브러리.
    .code = bench-harness/src/artefacts.rs
metric-portability-dependencies = 공유 라이브러리
    .definition = 실행 파일들이 필요로 하는 공유 라이브러리와 로더, 그리고 다시 그것들이 필요로 하는 것의 수. 정적 링크된 프로그램은 0.
    .code = bench-harness/src/artefacts.rs
metric-portability-cold_first_ns = 캐시 없는 첫 시작
    .definition = 페이지 캐시에서 비워진 새 사본의 실행부터 첫 명령어까지의 시간. startup.first_ns와 같은 구간이다.
    .code = bench-harness/src/cold_copy.rs
metric-portability-cold_read_bytes = 첫 시작에 읽은 양
    .definition = 그 시작을 위해 저장 장치가 전달한 바이트. 0이면 캐시가 비워지지 않은 것이다.
    .code = bench-harness/src/experiment/portability.rs
metric-portability-runs_other_kernel = 안의 다른 커널
    .definition = 안의 프로그램이 물어본 커널의 릴리스가 호스트와 다르면 1, 같으면 0.
    .code = bench-harness/src/experiment/portability.rs
metric-portability-runs_other_os = 안의 다른 시스템
    .definition = 그 커널이 스스로를 Linux가 아닌 이름으로 부르면 1, 아니면 0.
    .code = bench-harness/src/experiment/portability.rs
