/* Signals: dispositions are remembered; what the program sends itself ends it, unless it is ignored or blocked. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void handler(int signal) { (void)signal; }

int main(int argc, char **argv) {
    struct sigaction action = {0}, old;
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigaddset(&action.sa_mask, SIGUSR2);
    printf("sigaction %d\n", sigaction(SIGUSR1, &action, 0));
    printf("again %d", sigaction(SIGUSR1, 0, &old));
    printf(" remembered %d %d %d\n", old.sa_handler == handler, (old.sa_flags & SA_RESTART) != 0, sigismember(&old.sa_mask, SIGUSR2));
    printf("kill can't be handled %d\n", sigaction(SIGKILL, &action, 0));

    stack_t stack = {.ss_sp = malloc(SIGSTKSZ), .ss_size = SIGSTKSZ}, set;
    printf("sigaltstack %d", sigaltstack(&stack, 0));
    printf(" %d", sigaltstack(0, &set));
    printf(" remembered %d\n", set.ss_sp == stack.ss_sp && set.ss_size == stack.ss_size);

    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    printf("block %d", sigprocmask(SIG_BLOCK, &blocked, &before));
    printf(" was %d", sigismember(&before, SIGTERM));
    sigprocmask(SIG_SETMASK, 0, &before);
    printf(" is %d\n", sigismember(&before, SIGTERM));

    signal(SIGINT, SIG_IGN);
    printf("raise ignored %d\n", raise(SIGINT));
    printf("raise ignored by default %d\n", raise(SIGCHLD));
    printf("raise blocked %d\n", raise(SIGTERM));
    printf("kill 0 %d\n", kill(getpid(), 0));
    printf("pid %d\n", getpid() > 0);
    fflush(stdout);

    const char *end = argc > 1 ? argv[1] : "";
    if (!strcmp(end, "abort")) abort();
    if (!strcmp(end, "unblock")) sigprocmask(SIG_UNBLOCK, &blocked, 0);
    if (!strcmp(end, "raise")) raise(SIGHUP);
    if (!strcmp(end, "kill")) kill(getpid(), SIGKILL);
    printf("alive\n");
    return 0;
}
