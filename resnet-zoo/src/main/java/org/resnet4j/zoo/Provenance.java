package org.resnet4j.zoo;

import org.jspecify.annotations.Nullable;
import org.resnet4j.weights.LoadReport;

/**
 * The origin of a model's parameters.
 *
 * @param weights name of the published weights that they are or that they were trained from
 * @param source address of those weights at their publisher
 * @param licence of those weights, as an SPDX expression or in their authors' words
 * @param recipe of their training, and its source
 * @param run the run record of their training here, as JSON
 * @param report on the weight file that was read; it is not saved
 */
public record Provenance(
    @Nullable String weights,
    @Nullable String source,
    @Nullable String licence,
    @Nullable String recipe,
    @Nullable String run,
    @Nullable LoadReport report) {
  /** The entry of a model's zip with the run record. */
  public static final String RUN_ENTRY = "resnet4j-run.json";

  /**
   * The maximum length of a run record in bytes; a confusion matrix of 1,000 classes takes about
   * five million.
   */
  public static final int MOST_RUN_BYTES = 64 << 20;

  /** The provenance of initial parameters and of files that do not state theirs. */
  public static final Provenance NONE = new Provenance(null, null, null, null, null, null);

  /** Returns the provenance of published weights. */
  static Provenance of(PretrainedWeights published) {
    return new Provenance(
        published.name(),
        published.address().toString(),
        published.licence(),
        published.recipe(),
        null,
        null);
  }

  /** Returns this provenance with the report on a file. */
  Provenance with(LoadReport read) {
    return new Provenance(weights, source, licence, recipe, run, read);
  }

  /** Returns this provenance without a run and a report. */
  public Provenance origin() {
    return new Provenance(weights, source, licence, recipe, null, null);
  }

  /** Returns this provenance with the record of a training that began with these parameters. */
  public Provenance trained(String record) {
    return new Provenance(weights, source, licence, recipe, record, null);
  }
}
