/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bare libzmq, for comparison: 512 bytes from a DEALER to a ROUTER, nothing
 * judged, signed or stored.
 *
 *   bare receive ENDPOINT COUNT     binds; prints the rate as JSON
 *   bare send ENDPOINT COUNT        connects
 *   bare sync FOLDER COUNT          median of fdatasync after 4 KiB, as JSON
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#define SIZE 512

static double
seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int
fail(const char *what)
{
    perror(what);
    return EXIT_FAILURE;
}

static int
receive(const char *endpoint, long count)
{
    void *context = zmq_ctx_new();
    void *router = zmq_socket(context, ZMQ_ROUTER);
    if (zmq_bind(router, endpoint) != 0)
        return fail(endpoint);
    char buffer[SIZE];
    double start = 0;
    for (long i = 0; i < count; i++) {
        if (zmq_recv(router, buffer, sizeof buffer, 0) < 0 ||
            zmq_recv(router, buffer, sizeof buffer, 0) < 0)
            return fail("receive");
        if (i == 0)
            start = seconds();
    }
    printf("{\"per_second\": %.0f}\n", (double)count / (seconds() - start));
    return EXIT_SUCCESS;
}

static int
send_all(const char *endpoint, long count)
{
    void *context = zmq_ctx_new();
    void *dealer = zmq_socket(context, ZMQ_DEALER);
    if (zmq_connect(dealer, endpoint) != 0)
        return fail(endpoint);
    char buffer[SIZE] = {0};
    for (long i = 0; i < count; i++)
        if (zmq_send(dealer, buffer, sizeof buffer, 0) < 0)
            return fail("send");
    zmq_close(dealer);
    zmq_ctx_term(context);
    return EXIT_SUCCESS;
}

static int
by_value(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static int
measure_sync(const char *folder, long count)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/sync", folder);
    const int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    double *taken = calloc((size_t)count, sizeof *taken);
    static char page[4096];
    if (fd < 0 || !taken)
        return fail(path);
    for (long i = 0; i < count; i++) {
        const double start = seconds();
        if (write(fd, page, sizeof page) < 0 || fdatasync(fd) != 0)
            return fail(path);
        taken[i] = seconds() - start;
    }
    qsort(taken, (size_t)count, sizeof *taken, by_value);
    printf("{\"median_ms\": %.3f}\n", taken[count / 2] * 1e3);
    free(taken);
    close(fd);
    unlink(path);
    return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    const long count = atol(argv[3]);
    if (strcmp(argv[1], "receive") == 0)
        return receive(argv[2], count);
    if (strcmp(argv[1], "send") == 0)
        return send_all(argv[2], count);
    if (strcmp(argv[1], "sync") == 0)
        return measure_sync(argv[2], count);
    return 2;
}
