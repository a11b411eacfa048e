package org.resnet4j.benchmarks.peers;

/**
 * What one process of a contender measured.
 *
 * @param program name and version
 * @param variant what was fastest, for example a memory layout; may be empty
 * @param imagesPerSecond by the median batch
 * @param batches measured
 * @param peakMegabytes most resident memory of the process, in 10⁶ bytes; 0 where unknown
 */
public record Measurement(
    String program, String variant, double imagesPerSecond, int batches, double peakMegabytes) {}
