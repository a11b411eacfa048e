/** Runs {@code ./resnet bench}, and the JMH benchmarks of single parts. */
package org.resnet4j.benchmarks;
