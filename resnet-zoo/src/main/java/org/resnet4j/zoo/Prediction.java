package org.resnet4j.zoo;

/**
 * One class that an image may be of.
 *
 * @param index of the network's output
 * @param probability in [0, 1]
 */
public record Prediction(String label, int index, double probability) {}
