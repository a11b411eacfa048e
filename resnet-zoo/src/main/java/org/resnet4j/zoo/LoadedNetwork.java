package org.resnet4j.zoo;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.resnet4j.arch.Architecture;
import org.resnet4j.weights.LoadReport;

/** A network with weights from a file, and a report on the file's tensors. */
public record LoadedNetwork(
    Architecture architecture, ComputationGraph network, LoadReport report) {}
