package org.resnet4j.run;

import org.jspecify.annotations.Nullable;

/**
 * The figures of examples with several labels each, beside those of every label in {@link
 * EvaluationResult#classes}. A label is predicted where its probability is above 0.5.
 *
 * @param meanAveragePrecision mean of the average precisions of labels that have examples; null if
 *     none has
 * @param microF1 F1 of all pairs of example and label together
 * @param macroF1 mean of the F1 of all labels
 * @param untrainedMeanAveragePrecision mean average precision on the examples that the model was
 *     not trained on; null if it was trained on none or all of them
 */
public record MultiLabelResult(
    @Nullable Double meanAveragePrecision,
    double microF1,
    double macroF1,
    @Nullable Double untrainedMeanAveragePrecision) {}
