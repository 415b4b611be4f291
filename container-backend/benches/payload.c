// What the floor and its rivals run: prints a line and ends.

#include <unistd.h>

int main(void) {
    return write(1, "hello\n", 6) != 6;
}
