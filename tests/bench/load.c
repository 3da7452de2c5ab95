/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Load for the figures, through libcii alone: what office software would do.
 *
 *   load send RUN_DIR TO COUNT WINDOW PERSONS   events as fast as they are stored
 *   load latency FROM_RUN_DIR TO_RUN_DIR TO COUNT RATE
 *                                       from submit to arrival at the receiver
 *
 * Each event holds 512 bytes of payload. One line of JSON on standard output.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cii/client.h"

#define PAYLOAD 512
#define DAY     "2026-01-05"

static double
seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
require(enum cii_code code, const struct cii_error *err)
{
    if (code == CII_OK)
        return;
    fprintf(stderr, "load: %s: %s\n", cii_code_name(code), err->text);
    exit(EXIT_FAILURE);
}

/* The index-th AVS number, with its check digit. */
static void
avs_number(unsigned int index, char digits[14])
{
    snprintf(digits, 14, "756%09u0", index);
    int sum = 0;
    for (int i = 0; i < 12; i++)
        sum += (digits[i] - '0') * (i % 2 ? 3 : 1);
    digits[12] = (char)('0' + (10 - sum % 10) % 10);
}

static void
set(struct cii_event *event, const char *facet, const char *field,
    const char *value)
{
    struct cii_error err;
    require(cii_event_set(event, facet, field, value, &err), &err);
}

/* Names, dates and addresses that come to PAYLOAD bytes. */
static struct cii_event *
make_event(unsigned int person, const char *to)
{
    struct cii_error err;
    struct cii_event *event = NULL;
    char avs[14];
    char filler[121];
    avs_number(person, avs);
    require(cii_event_new(&event, "inscription-orp", DAY, &err), &err);
    set(event, NULL, "test", "yes");
    set(event, NULL, "to", to);
    set(event, "identity", "avs", avs);
    set(event, "identity", "officialName", "Exemple-De-La-Mesure");
    set(event, "identity", "firstName", "Bernard");
    set(event, "identity", "dateOfBirth", "1990-03-14");
    set(event, "dates", "from", DAY);

    size_t left = PAYLOAD - 13 - 20 - 7 - 10 - 10;
    static const char *const fields[] = {"email", "counsellor",
                                         "counsellorEmail", "phone",
                                         "counsellorPhone"};
    static const size_t room[] = {120, 100, 120, 30, 30};
    memset(filler, 'x', sizeof filler);
    for (size_t i = 0; i < 5 && left > 0; i++) {
        const size_t size = left < room[i] ? left : room[i];
        filler[size] = '\0';
        set(event, "contact", fields[i], filler);
        filler[size] = 'x';
        left -= size;
    }
    filler[left] = '\0';
    if (left > 0)
        set(event, "identity", "originalName", filler);
    return event;
}

static void
seen(void *context, const struct cii_outcome *outcome)
{
    uint64_t *stored = context;
    if (outcome->code == CII_OK)
        ++*stored;
    else
        fprintf(stderr, "load: %s: %s\n", outcome->event_id, outcome->text);
}

static int
send_all(const char *run_dir, const char *to, unsigned int count, size_t window,
         unsigned int persons)
{
    struct cii_error err;
    struct cii_client *client = NULL;
    uint64_t stored = 0;
    require(cii_connect(&client, run_dir, "operator", &err), &err);
    require(cii_stream(client, window, seen, &stored, &err), &err);

    /* made beforehand: what is measured is the daemon, not this program */
    struct cii_event **event = calloc(persons, sizeof(struct cii_event *));
    if (!event)
        return EXIT_FAILURE;
    for (unsigned int i = 0; i < persons; i++)
        event[i] = make_event(i, to);

    const double start = seconds();
    for (unsigned int i = 0; i < count; i++)
        require(cii_submit(client, i + 1, event[i % persons], &err), &err);
    require(cii_flush(client, &err), &err);
    const double taken = seconds() - start;
    printf("{\"stored\": %" PRIu64 ", \"seconds\": %.6f}\n", stored, taken);
    for (unsigned int i = 0; i < persons; i++)
        cii_event_destroy(&event[i]);
    free(event);
    cii_disconnect(&client);
    return stored == count ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* --- latency --------------------------------------------------------------*/

struct flight {
    char id[37];
    double left;
    double arrived;
};

struct receiver {
    const char *run_dir;
    struct flight *flight;
    unsigned int count;
    unsigned int arrived;
    pthread_mutex_t lock;
    pthread_cond_t watching;
    bool ready;
};

static bool
news(void *context, const struct cii_record *record)
{
    const double now = seconds();
    struct receiver *receiver = context;
    if (strcmp(cii_record_get(record, "what"), "arrived") != 0)
        return true;
    const char *id = cii_record_get(record, "event");
    pthread_mutex_lock(&receiver->lock);
    for (unsigned int i = receiver->arrived; i < receiver->count; i++)
        if (strcmp(receiver->flight[i].id, id) == 0) {
            receiver->flight[i].arrived = now;
            if (i == receiver->arrived)
                receiver->arrived++;
            break;
        }
    const bool more = receiver->arrived < receiver->count;
    pthread_mutex_unlock(&receiver->lock);
    return more;
}

static void *
receive(void *context)
{
    struct receiver *receiver = context;
    struct cii_error err;
    struct cii_client *client = NULL;
    require(cii_connect(&client, receiver->run_dir, "operator", &err), &err);
    pthread_mutex_lock(&receiver->lock);
    receiver->ready = true;
    pthread_cond_signal(&receiver->watching);
    pthread_mutex_unlock(&receiver->lock);
    require(cii_ask(client, "watch", NULL, 0, news, receiver, &err), &err);
    cii_disconnect(&client);
    return NULL;
}

static int
by_value(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void
print_latency(const struct receiver *receiver)
{
    double *taken = calloc(receiver->count, sizeof *taken);
    if (!taken)
        exit(EXIT_FAILURE);
    for (unsigned int i = 0; i < receiver->count; i++)
        taken[i] = receiver->flight[i].arrived - receiver->flight[i].left;
    qsort(taken, receiver->count, sizeof *taken, by_value);
    printf("{\"p50_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f}\n",
           taken[receiver->count / 2] * 1e3,
           taken[receiver->count * 99 / 100] * 1e3,
           taken[receiver->count - 1] * 1e3);
    free(taken);
}

static void
wait_until(double moment)
{
    const double left = moment - seconds();
    if (left <= 0)
        return;
    const struct timespec pause = {(time_t)left,
                                   (long)((left - (double)(time_t)left) * 1e9)};
    nanosleep(&pause, NULL);
}

static int
measure_latency(const char *from, const char *to_dir, const char *to,
                unsigned int count, double rate)
{
    struct cii_error err;
    struct receiver receiver = {.run_dir = to_dir, .count = count};
    receiver.flight = calloc(count, sizeof *receiver.flight);
    pthread_mutex_init(&receiver.lock, NULL);
    pthread_cond_init(&receiver.watching, NULL);
    pthread_t thread;
    if (!receiver.flight ||
        pthread_create(&thread, NULL, receive, &receiver) != 0)
        return EXIT_FAILURE;
    pthread_mutex_lock(&receiver.lock);
    while (!receiver.ready)
        pthread_cond_wait(&receiver.watching, &receiver.lock);
    pthread_mutex_unlock(&receiver.lock);
    wait_until(seconds() + 0.5); /* the question itself must have arrived */

    struct cii_client *client = NULL;
    require(cii_connect(&client, from, "operator", &err), &err);
    const double start = seconds();
    for (unsigned int i = 0; i < count; i++) {
        struct cii_event *event = make_event(i, to);
        struct cii_outcome outcome;
        wait_until(start + i / rate);
        pthread_mutex_lock(&receiver.lock);
        require(cii_event_id_new(receiver.flight[i].id, &err), &err);
        set(event, NULL, "id", receiver.flight[i].id);
        receiver.flight[i].left = seconds();
        pthread_mutex_unlock(&receiver.lock);
        require(cii_send(client, event, &outcome, &err), &err);
        cii_event_destroy(&event);
    }
    pthread_join(thread, NULL);
    print_latency(&receiver);
    free(receiver.flight);
    cii_disconnect(&client);
    return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
    if (argc == 7 && strcmp(argv[1], "send") == 0)
        return send_all(argv[2], argv[3], (unsigned int)atol(argv[4]),
                        (size_t)atol(argv[5]), (unsigned int)atol(argv[6]));
    if (argc == 7 && strcmp(argv[1], "latency") == 0)
        return measure_latency(argv[2], argv[3], argv[4],
                               (unsigned int)atol(argv[5]), atof(argv[6]));
    fputs("usage: load send RUN_DIR TO COUNT WINDOW PERSONS\n"
          "       load latency FROM_RUN_DIR TO_RUN_DIR TO COUNT RATE\n",
          stderr);
    return 2;
}
