#include "loop.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR = 3600000 };
#define DAY (24LL * HOUR)
#define NEVER INT64_MAX

static uint64_t splitmix(uint64_t value) {
    value += 0x9E3779B97F4A7C15u;
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9u;
    value = (value ^ value >> 27) * 0x94D049BB133111EBu;
    return value ^ value >> 31;
}

uint64_t shop_mix(int64_t at, uint32_t person, uint32_t rule, uint32_t entered) {
    return splitmix(splitmix((uint64_t)at) ^ splitmix((uint64_t)person << 8 | rule << 1 | entered));
}

// ---------- the shop

static uint64_t state;
static double uniform(void) {
    state = splitmix(state);
    return (double)(state >> 11) * 0x1p-53;
}

static int by_person(const void *left, const void *right) {
    const shop_event *a = left, *b = right;
    if (a->person != b->person) return a->person < b->person ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

static int by_time(const void *left, const void *right) {
    const shop_event *a = left, *b = right;
    if (a->at != b->at) return a->at < b->at ? -1 : 1;
    return a->person < b->person ? -1 : a->person > b->person;
}

shop_event *shop_generate(uint64_t seed, uint32_t count, uint32_t people) {
    const int64_t start = 1700000000000;
    const int64_t ends[] = {2 * HOUR, DAY, 14 * DAY, 30 * DAY};
    state = seed;
    shop_event *events = calloc(count, sizeof *events);
    double *weights = malloc(people * sizeof *weights);
    uint32_t *ids = malloc(people * sizeof *ids);
    double sum = 0;
    for (uint32_t rank = 0; rank < people; rank++) {
        weights[rank] = sum += pow(rank + 1.0, -0.9);
        ids[rank] = rank;
    }
    for (uint32_t rank = people - 1; rank > 0; rank--) {
        uint32_t other = (uint32_t)(uniform() * (rank + 1)), id = ids[rank];
        ids[rank] = ids[other];
        ids[other] = id;
    }
    for (uint32_t made = 0; made < count;) {
        double wanted = uniform() * sum;
        uint32_t low = 0, high = people - 1;
        while (low < high) {
            uint32_t middle = (low + high) / 2;
            if (weights[middle] < wanted) low = middle + 1;
            else high = middle;
        }
        int64_t at = start + (int64_t)(uniform() * 120 * DAY);
        uint32_t views = 1 + (uint32_t)(log(1 - uniform()) / log(1 - 1 / 3.6));
        uint32_t carts = 0, orders = 0;
        if (uniform() < 0.3) {
            carts = 1 + (uint32_t)(log(1 - uniform()) / log(0.5));
            orders = uniform() < 0.42;
        }
        for (uint32_t step = 0; step < views + carts + orders && made < count; step++, made++) {
            double normal = sqrt(-2 * log(1 - uniform())) * cos(6.283185307179586 * uniform());
            events[made].at = at;
            events[made].person = ids[low];
            events[made].sku = (uint32_t)(uniform() * 2000);
            events[made].event = step < views ? 0 : step < views + carts ? 1 : 2;
            events[made].cents = events[made].event == 2 ? (uint32_t)(4400 * exp(0.8 * normal)) : 0;
            at += (int64_t)(-90000 * log(1 - uniform()));
        }
    }
    qsort(events, count, sizeof *events, by_person);
    for (uint32_t index = 1; index < count; index++)
        if (events[index].person == events[index - 1].person && uniform() < 0.005)
            events[index].at = events[index - 1].at + ends[(int)(uniform() * 4)];
    qsort(events, count, sizeof *events, by_time);
    free(weights);
    free(ids);
    return events;
}

shop_event *shop_read(const char *path, uint32_t *count) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    long bytes = ftell(file);
    rewind(file);
    shop_event *events = malloc((size_t)bytes);
    *count = (uint32_t)(fread(events, sizeof *events, (size_t)bytes / sizeof *events, file));
    fclose(file);
    return events;
}

// ---------- the loop

typedef struct {
    int64_t at;
    uint32_t cents;
} amount;

typedef struct {
    int64_t views[5], orders[3], cart, last, timer, touched;
    amount *amounts;
    uint32_t sum, head, used, room;  // the shortest newest suffix that reaches the bound
    uint8_t view, order, newest, members;
} person;

typedef struct {
    int64_t at;
    uint32_t person;
} timer;

typedef struct {
    timer *timers;
    uint32_t used, room;
} bucket;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static void add_amount(person *p, int64_t at, uint32_t cents) {
    if (p->used == p->room) {
        uint32_t room = p->room ? p->room * 2 : 4;
        amount *fresh = malloc(room * sizeof *fresh);
        for (uint32_t i = 0; i < p->used; i++) fresh[i] = p->amounts[(p->head + i) & (p->room - 1)];
        free(p->amounts);
        p->amounts = fresh;
        p->head = 0;
        p->room = room;
    }
    p->amounts[(p->head + p->used++) & (p->room - 1)] = (amount){at, cents};
    p->sum += cents;
    while (p->sum - p->amounts[p->head].cents >= 20000) {
        p->sum -= p->amounts[p->head].cents;
        p->head = (p->head + 1) & (p->room - 1);
        p->used--;
    }
}

static void sort(timer *timers, uint32_t count) {
    for (uint32_t i = 1; i < count; i++) {
        timer moved = timers[i];
        uint32_t k = i;
        for (; k > 0 && timers[k - 1].at > moved.at; k--) timers[k] = timers[k - 1];
        timers[k] = moved;
    }
}

typedef struct {
    person *people;
    bucket *wheel;
    int64_t origin;
    uint32_t buckets, next, place;  // the bucket under way, and how far it is
    shop_result result;
} loop;

static void arm(loop *l, uint32_t id, int64_t at) {
    int64_t slot = (at - l->origin) >> 16;
    if (slot >= l->buckets) return;
    bucket *b = l->wheel + slot;
    if (b->used == b->room) b->timers = realloc(b->timers, (b->room = b->room ? b->room * 2 : 4) * sizeof(timer));
    if (slot == l->next) {  // keeps what is left of the bucket under way sorted
        uint32_t i = b->used++;
        for (; i > l->place && b->timers[i - 1].at > at; i--) b->timers[i] = b->timers[i - 1];
        b->timers[i] = (timer){at, id};
    } else {
        b->timers[b->used++] = (timer){at, id};
    }
}

static void evaluate(loop *l, uint32_t id, int64_t now) {
    person *p = l->people + id;
    int64_t until[8] = {p->cart + 2 * HOUR,        p->cart + DAY,
                        p->orders[p->newest] + 2 * HOUR, p->orders[p->newest] + DAY,
                        p->orders[p->order] + 30 * DAY, p->views[p->view] + DAY,
                        p->last + 14 * DAY, p->sum >= 20000 ? p->amounts[p->head].at + 90 * DAY : 0};
    int64_t next = NEVER;
    uint32_t is = 0;
    for (int i = 0; i < 8; i++) {
        is |= (uint32_t)(until[i] > now) << i;
        next = least(next, until[i] > now ? until[i] : NEVER);
    }
    uint32_t members = ((is & 1) && !(is & 4)) | ((is >> 4) & 1) << 1 | (is >> 7) << 2
        | (uint32_t)((is >> 5 & 1) && !(is & 2)) << 3 | (uint32_t)!(is & 64) << 4 | (is >> 3 & 1) << 5;
    for (uint32_t changed = members ^ p->members; changed; changed &= changed - 1) {
        uint32_t rule = (uint32_t)__builtin_ctz(changed);
        l->result.checksum += shop_mix(now, id, rule, members >> rule & 1);
        l->result.transitions++;
    }
    p->members = (uint8_t)members;
    if (next < p->timer) {
        p->timer = next;
        arm(l, id, next);
    }
}

/// Fires all timers before `limit`, or up to it.
static void fire(loop *l, int64_t limit) {
    while (l->next < l->buckets) {
        bucket *b = l->wheel + l->next;
        if (l->place == 0 && b->used > 1) sort(b->timers, b->used);
        for (; l->place < b->used;) {
            timer due = b->timers[l->place];
            if (due.at >= limit) return;
            l->place++;
            person *p = l->people + due.person;
            if (p->timer != due.at) continue;  // stale: another was pushed
            p->timer = NEVER;
            evaluate(l, due.person, due.at);
        }
        if (((int64_t)(l->next + 1) << 16) + l->origin > limit) return;
        l->next++;
        l->place = 0;
    }
}

shop_result shop_loop(const shop_event *events, uint32_t count, int64_t last) {
    loop l = {0};
    uint32_t people = 0;
    for (uint32_t i = 0; i < count; i++)
        if (events[i].person >= people) people = events[i].person + 1;
    l.people = malloc(people * sizeof *l.people);
    for (uint32_t i = 0; i < people; i++) {
        person *p = l.people + i;
        memset(p, 0, sizeof *p);
        for (int k = 0; k < 5; k++) p->views[k] = -100 * DAY;
        for (int k = 0; k < 3; k++) p->orders[k] = -100 * DAY;
        p->cart = p->last = -100 * DAY;
        p->timer = NEVER;
        p->touched = -1;
    }
    l.origin = events[0].at;
    l.buckets = (uint32_t)(((last - l.origin) >> 16) + 1);
    l.wheel = calloc(l.buckets, sizeof *l.wheel);
    for (uint32_t i = 0; i < count;) {
        int64_t now = events[i].at;
        if (i + 8 < count) __builtin_prefetch(l.people + events[i + 8].person);
        fire(&l, now);
        uint32_t first = i;
        for (; i < count && events[i].at == now; i++) {
            person *p = l.people + events[i].person;
            p->last = now;
            switch (events[i].event) {
            case 0: p->views[p->view] = now, p->view = p->view == 4 ? 0 : p->view + 1; break;
            case 1: p->cart = now; break;
            default:
                p->orders[p->order] = now, p->newest = p->order, p->order = p->order == 2 ? 0 : p->order + 1;
                add_amount(p, now, events[i].cents);
            }
        }
        for (uint32_t k = first; k < i; k++) {
            person *p = l.people + events[k].person;
            if (p->touched == now) continue;
            p->touched = now;
            // Others' timers of this instant fire with those before the next event.
            if (p->timer == now) p->timer = NEVER;
            evaluate(&l, events[k].person, now);
        }
    }
    fire(&l, last + 1);
    for (uint32_t i = 0; i < people; i++)
        for (uint32_t in = l.people[i].members; in; in &= in - 1)
            if (l.people[i].touched >= 0) l.result.members += shop_mix(0, i, (uint32_t)__builtin_ctz(in), 1);
    for (uint32_t i = 0; i < people; i++) free(l.people[i].amounts);
    for (uint32_t i = 0; i < l.buckets; i++) free(l.wheel[i].timers);
    free(l.people);
    free(l.wheel);
    return l.result;
}
