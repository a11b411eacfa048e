package org.resnet4j.zoo;

/**
 * A predicted class with its probability.
 *
 * @param index index of the network's output
 * @param probability in [0, 1]
 */
public record Prediction(String label, int index, double probability) {}
