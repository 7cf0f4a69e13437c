/* SPDX-License-Identifier: MIT */
/*
 * What is spilled comes back as it was, or reading it fails with a sentence: pieces, the sorted records and sequences
 * that passages are made of, and the band entries that buckets are made of, each with some bytes of the file changed or
 * cut off.
 */
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/temporary.h"
#include "fuzz/fuzz.h"
#include "match/bucket.h"
#include "passage/codes.h"
#include "passage/records.h"

enum { MOST = 1024, BANDS = 4, CLASSES = 64 };

static nd_spill spill_of(void) { return (nd_spill){.folder = access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm"}; }

/* Puts what is still in memory into the file, as a large piece behind it would: that takes its time to be hashed. */
static void flush(nd_spill *spill) {
    REQUIRE(!spill->open, "a file already");
    spill->file = nd_temporary_file(spill->folder);
    spill->open = true;
    REQUIRE(spill->file >= 0 && nd_file_write(spill->file, spill->tail, spill->tail_size) == 0, "no file");
    spill->tail_size = 0;
}

/* Harm to a file: a byte changed, or what is from `at` on cut off. */
typedef struct harm {
    uint64_t at;
    uint8_t mask; /* 0: none; 255: cut off */
} harm;

static harm take_harm(const uint8_t **data, size_t *size) {
    uint8_t mask = take_byte(data, size);
    uint64_t at = take_byte(data, size);
    at = at << 8 | take_byte(data, size);
    return (harm){at, mask};
}

/* Does it to the first `used` bytes, of which at least one exists. */
static void do_harm(const nd_spill *spill, uint64_t used, harm *h) {
    uint8_t byte;
    h->at %= used;
    if (!h->mask) return;
    if (h->mask == 255) {
        REQUIRE(ftruncate(spill->file, (off_t)h->at) == 0, "cannot cut");
        return;
    }
    REQUIRE(pread(spill->file, &byte, 1, (off_t)h->at) == 1, "cannot read");
    byte ^= h->mask;
    REQUIRE(pwrite(spill->file, &byte, 1, (off_t)h->at) == 1, "cannot write");
}

static bool is_harmed(const harm *h, uint64_t begin, uint64_t end) {
    return h->mask && end > begin && end > h->at && (h->mask == 255 || begin <= h->at);
}

static void require_refusal(neardup_status status, const neardup_error *error) {
    REQUIRE(status == NEARDUP_ERROR_SYSTEM && strncmp(error->text, "temporary data", 14) == 0, "%d %s", status,
            error->text);
}

/* ---- pieces ---- */

static void check_pieces(const uint8_t *data, size_t size, harm h) {
    static uint8_t back[256];
    nd_spill spill = spill_of();
    nd_piece pieces[MOST];
    const uint8_t *from[MOST];
    size_t count = 0;
    while (size && count < MOST) {
        size_t length = take_byte(&data, &size);
        if (length > size) length = size;
        from[count] = data;
        REQUIRE(nd_spill_write(&spill, data, length, &pieces[count++], NULL) == NEARDUP_OK, "cannot write");
        data += length;
        size -= length;
    }
    uint64_t used = spill.size;
    flush(&spill);
    if (used) do_harm(&spill, used, &h);
    for (size_t i = 0; i < count && used; i++) {
        neardup_error error = {0};
        neardup_status status = nd_spill_read(&spill, &pieces[i], back, &error);
        if (is_harmed(&h, pieces[i].offset, pieces[i].offset + pieces[i].size))
            require_refusal(status, &error);
        else
            REQUIRE(!status && (!pieces[i].size || !memcmp(back, from[i], pieces[i].size)), "piece %zu: %d", i, status);
    }
    nd_spill_release(&spill);
}

/* ---- records ---- */

static int compare_numbers(const void *left, const void *right) {
    const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static void check_records(const uint8_t *data, size_t size, harm h) {
    enum { PARTITIONS = 4 };
    static uint64_t expected[PARTITIONS][MOST];
    size_t counts[PARTITIONS] = {0}, all = 0;
    nd_records records = {.spill = spill_of()};
    while (size && all < MOST) {
        uint8_t what = take_byte(&data, &size);
        if (what == 255) {
            REQUIRE(nd_records_spill(&records, NULL) == NEARDUP_OK, "cannot write");
            continue;
        }
        size_t partition = what % PARTITIONS;
        uint64_t value = (uint64_t)take_byte(&data, &size) << what % 7 * 8 | what;
        REQUIRE(nd_records_add(&records, partition, value) == NEARDUP_OK, "no memory");
        expected[partition][counts[partition]++] = value;
        all++;
    }
    uint64_t used = records.spill.size;
    flush(&records.spill);
    if (used) do_harm(&records.spill, used, &h);
    bool refused = false;
    for (size_t p = 0; p < PARTITIONS; p++) {
        neardup_error error = {0};
        uint64_t *values;
        size_t count, distinct = 0;
        neardup_status status = nd_records_take(&records, p, p + 1, &values, &count, &error);
        if (status) {
            require_refusal(status, &error);
            refused = true;
            continue;
        }
        qsort(expected[p], counts[p], sizeof *expected[p], compare_numbers);
        for (size_t i = 0; i < counts[p]; i++)
            if (!i || expected[p][i] != expected[p][i - 1]) expected[p][distinct++] = expected[p][i];
        REQUIRE(count == distinct && (!count || !memcmp(values, expected[p], count * sizeof *values)),
                "partition %zu: %zu records, not %zu", p, count, distinct);
        free(values);
    }
    REQUIRE(refused == (used && h.mask), "refused: %d", refused);
    nd_records_release(&records);
}

/* ---- sequences ---- */

static void check_sequences(const uint8_t *data, size_t size, harm h) {
    static nd_code tokens[MOST][256];
    static size_t counts[MOST];
    size_t texts = 0, spilled = 0;
    nd_codes codes = {.spill = spill_of()};
    while (size && texts < MOST) {
        uint8_t length = take_byte(&data, &size);
        if (length == 255) {
            REQUIRE(nd_codes_spill(&codes, NULL) == NEARDUP_OK, "cannot write");
            spilled = texts;
            continue;
        }
        for (size_t i = 0; i < length; i++) tokens[texts][i] = (nd_code)(i * 77 + take_byte(&data, &size));
        counts[texts] = length;
        REQUIRE(nd_codes_add(&codes, (nd_sequence){tokens[texts], length}) == NEARDUP_OK, "text %zu", texts);
        texts++;
    }
    uint64_t used = codes.spill.size;
    flush(&codes.spill);
    if (used) do_harm(&codes.spill, used, &h);
    nd_view view = {0};
    bool refused = false;
    for (size_t i = 0; i < texts; i++) {
        neardup_error error = {0};
        nd_sequence sequence;
        neardup_status status = nd_codes_view(&codes, (uint32_t)i, &view, &sequence, &error);
        if (status) {
            require_refusal(status, &error);
            REQUIRE(i < spilled, "text %zu was not spilled", i);
            refused = true;
            continue;
        }
        REQUIRE(sequence.count == counts[i] &&
                    (!counts[i] || !memcmp(sequence.codes, tokens[i], counts[i] * sizeof **tokens)),
                "text %zu", i);
    }
    REQUIRE(refused == (used && h.mask), "refused: %d", refused);
    nd_view_release(&view);
    nd_codes_release(&codes);
}

/* ---- band entries ---- */

/* Adds classes with the keys that the data say, and spills at every `spill_every`-th of them (0: never). */
static void add_entries(nd_entries *entries, const uint8_t *data, size_t size, unsigned spill_every) {
    static const uint64_t few[] = {0, 1, 5ULL << 54, 5ULL << 54 | 9, UINT64_MAX, 7ULL << 54};
    for (uint32_t class = 0; class < CLASSES; class ++) {
        uint64_t keys[BANDS * 3];
        unsigned bands = 0;
        for (; bands < BANDS; bands++) keys[bands] = few[take_byte(&data, &size) % 6];
        /* So many more in one partition that a chunk is full at times. */
        for (; bands < BANDS * 3; bands++) keys[bands] = 3ULL << 54 | (class * 1000 + bands);
        REQUIRE(nd_entries_add(entries, class, keys, bands) == NEARDUP_OK, "no memory");
        if (spill_every && class % spill_every == 0)
            REQUIRE(nd_entries_spill(entries, NULL) == NEARDUP_OK, "cannot write");
    }
}

static void check_entries(const uint8_t *data, size_t size, harm h) {
    static nd_entries plain, spilled;
    nd_spill spill = spill_of();
    const uint64_t several[CLASSES / 64 + 1] = {0};
    nd_buckets expected, buckets;
    neardup_error error = {0};
    unsigned every = 1 + take_byte(&data, &size) % 8;
    spilled.spill = &spill;
    add_entries(&plain, data, size, 0);
    add_entries(&spilled, data, size, every);
    uint64_t used = spill.size;
    flush(&spill);
    REQUIRE(used, "nothing was spilled");
    do_harm(&spill, used, &h);
    REQUIRE(nd_buckets_group(&plain, several, CLASSES, 1, &expected, NULL) == NEARDUP_OK, "no memory");
    neardup_status status = nd_buckets_group(&spilled, several, CLASSES, 1 + every % 3, &buckets, &error);
    REQUIRE((status != NEARDUP_OK) == (h.mask != 0), "status %d", status);
    if (status) {
        require_refusal(status, &error);
    } else {
        REQUIRE(buckets.items == expected.items && buckets.bucket_count == expected.bucket_count, "%zu items, not %zu",
                buckets.items, expected.items);
        REQUIRE(!memcmp(buckets.classes, expected.classes, buckets.items * sizeof *buckets.classes) &&
                    !memcmp(buckets.begin, expected.begin, (buckets.items + 1) * sizeof *buckets.begin) &&
                    !memcmp(buckets.buckets, expected.buckets, buckets.begin[buckets.items] * sizeof *buckets.buckets),
                "other buckets");
    }
    nd_buckets_release(&expected);
    nd_buckets_release(&buckets);
    nd_entries_release(&plain);
    nd_entries_release(&spilled);
    nd_spill_release(&spill);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static void (*const checks[])(const uint8_t *, size_t, harm) = {check_pieces, check_records, check_sequences,
                                                                    check_entries};
    uint8_t which = take_byte(&data, &size) % 4;
    harm h = take_harm(&data, &size);
    checks[which](data, size, h);
    return 0;
}
