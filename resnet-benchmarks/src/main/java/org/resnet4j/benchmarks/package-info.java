/** JMH benchmarks. */
package org.resnet4j.benchmarks;
