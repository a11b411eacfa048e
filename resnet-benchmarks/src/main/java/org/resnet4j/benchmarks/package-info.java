/** {@code ./resnet bench}, and the JMH benchmarks of single pieces. */
package org.resnet4j.benchmarks;
