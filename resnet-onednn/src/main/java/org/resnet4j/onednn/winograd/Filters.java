package org.resnet4j.onednn.winograd;

/** The filters of one tile size. */
interface Filters {
  /** Computes Bᵀ·d: side + 2 inputs become side + 2 components. */
  Filter inputs();

  /** Computes Aᵀ·m: side + 2 components of matmul results become side outputs. */
  Filter outputs();

  /** Computes A·y: side gradients of outputs become side + 2 components. */
  Filter gradients();

  /** Computes G·g: three weights become side + 2 components. */
  Filter weights();

  /** Computes Gᵀ·m: side + 2 components of matmul results become gradients of three weights. */
  Filter weightGradients();
}
