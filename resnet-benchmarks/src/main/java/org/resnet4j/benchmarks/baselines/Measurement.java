package org.resnet4j.benchmarks.baselines;

/**
 * The measurement of one process.
 *
 * @param program name and version
 * @param variant the fastest variant, for example a memory layout; may be empty
 * @param imagesPerSecond from the median batch
 * @param batches number of measured batches
 * @param peakMegabytes peak resident memory of the process, in 10⁶ bytes; 0 where unknown
 */
public record Measurement(
    String program, String variant, double imagesPerSecond, int batches, double peakMegabytes) {}
