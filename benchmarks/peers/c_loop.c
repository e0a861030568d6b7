/* Priority water-filling on a convergent network, eight members at a time: the ceiling of the claims kernel.

   Each request takes the least of what it wants and of what is left in every row on its way down, and lowers
   them. Rows stand upstream first; all flows are in m3/s, volumes in million m3. */

#include <stdint.h>
#include <string.h>

#define LANES 8
#define FOR_LANES for (int lane = 0; lane < LANES; lane++)

enum kind { TAKE, STORE, KEPT };

struct network {
    int64_t blocks, steps, sources, rows, requests, stores, takes;
    const int64_t *parent, *source_row, *store_row, *kind, *item, *first, *row;
    const double *gain, *share, *inverse, *length, *start, *target;
};

static void natural_flow(const struct network *net, const double *inflow, const double (*volume)[LANES],
                         double length, double (*left)[LANES])
{
    memset(left, 0, sizeof(double[LANES]) * net->rows);
    for (int64_t s = 0; s < net->sources; s++)
        FOR_LANES left[net->source_row[s]][lane] += inflow[s * LANES + lane];
    for (int64_t s = 0; s < net->stores; s++)
        FOR_LANES left[net->store_row[s]][lane] += volume[s][lane] / length;
    for (int64_t r = 0; r < net->rows; r++)
        if (net->parent[r] >= 0)
            FOR_LANES left[net->parent[r]][lane] += net->gain[r] * left[r][lane];
}

static void serve(const struct network *net, int64_t q, double wanted, double (*restrict left)[LANES],
                  double *restrict out)
{
    double given[LANES];
    FOR_LANES given[lane] = wanted;
    for (int64_t p = net->first[q]; p < net->first[q + 1]; p++) {
        const double *here = left[net->row[p]], inverse = net->inverse[p];
        FOR_LANES given[lane] = here[lane] * inverse < given[lane] ? here[lane] * inverse : given[lane];
    }
    FOR_LANES given[lane] = given[lane] > 0.0 ? given[lane] : 0.0;
    for (int64_t p = net->first[q]; p < net->first[q + 1]; p++) {
        double *here = left[net->row[p]], share = net->share[p];
        FOR_LANES here[lane] -= share * given[lane];
    }
    FOR_LANES out[lane] = given[lane];
}

void run(const struct network *net, const double *inflow, double *delivered, double *kept, double *outflow)
{
    double left[net->rows][LANES], volume[net->stores][LANES], unused[LANES];
    for (int64_t b = 0; b < net->blocks; b++) {
        for (int64_t s = 0; s < net->stores; s++)
            FOR_LANES volume[s][lane] = net->start[s];
        for (int64_t t = 0; t < net->steps; t++) {
            int64_t at = b * net->steps + t;
            double length = net->length[t];
            natural_flow(net, inflow + at * net->sources * LANES, volume, length, left);
            for (int64_t q = 0; q < net->requests; q++) {
                int64_t item = net->item[q];
                double *take = delivered + (at * net->takes + item) * LANES;
                double *out = net->kind[q] == TAKE ? take : net->kind[q] == STORE ? volume[item] : unused;
                serve(net, q, net->target[t * net->requests + q], left, out);
            }
            for (int64_t s = 0; s < net->stores; s++)
                FOR_LANES {
                    volume[s][lane] *= length;
                    kept[(at * net->stores + s) * LANES + lane] = volume[s][lane];
                }
            FOR_LANES outflow[at * LANES + lane] = left[net->rows - 1][lane];
        }
    }
}
