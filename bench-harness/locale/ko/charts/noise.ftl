chart-noise = 잡음: 같은 것끼리는 얼마나 다른가?
    .subtitle = { chart-median-less }
    .reading = 한 쌍의 두 막대는 같은 백엔드다. 둘 사이의 차이는 잡음이며, 이 실행의 어떤 판정도 그보다 정밀하지 않다.
    .caption = 라운드마다 같은 백엔드의 인스턴스 둘을 연달아 시작하고, 어느 쪽을 *a*라 부를지는 추첨한다. 괄호 안의 하한은 두 값의 비율의 95 % 신뢰구간이 1에서 벗어난 최대 폭이며, 다른 차트에는 네이티브 둘레의 띠로 그려진다.
    .pair = { $backend } (±{ $floor } %)
    .pair-without-floor = { $backend }
    .heading = 생성부터 회수까지, a와 b
